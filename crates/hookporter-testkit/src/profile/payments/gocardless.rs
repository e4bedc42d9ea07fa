use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static GOCARDLESS: Profile = Profile {
    keys: TestKeys::shared("endpoint-secret-of-the-test", "endpoint-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("WB0000ABCDEF");
    let body = json!({"events": [{"id": "EV00BD05S5VM2T", "created_at": "2018-07-05T09:13:51.404Z", "resource_type": "payments", "action": wanted.event_or("confirmed"), "links": {"payment": "PM000123"}}], "meta": {"webhook_id": id}});
    Sample::json(id, body)
}
