use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static LAUNCHDARKLY: Profile = Profile {
    keys: TestKeys::shared("webhook-secret-of-the-test", "webhook-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("569f514183f2164430000002");
    let body = json!({
        "_id": id, "kind": wanted.event_or("flag"), "name": "New door", "date": wanted.sent.as_millis(),
        "description": "Turned on for everybody", "member": {"email": "emma@example.com"},
    });
    Sample::json(id, body)
}
