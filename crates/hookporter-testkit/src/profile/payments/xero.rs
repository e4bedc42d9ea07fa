use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static XERO: Profile = Profile {
    keys: TestKeys::shared("webhooks-key-of-the-test-app", "webhooks-key-of-another-app"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("717f2bfc-c6d4-41fd-b238-3f2f0c0cf777");
    let body = json!({"events": [{"resourceId": id, "eventDateUtc": "2017-06-21T01:15:39.902", "eventType": wanted.event_or("UPDATE"), "eventCategory": "CONTACT", "tenantId": "c2cc9b6e", "tenantType": "ORGANISATION"}], "firstEventSequence": 1, "lastEventSequence": 1, "entropy": "S0m3r4Nd0mt3xt"});
    Sample::json(id, body)
}
