use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static OKTA: Profile = Profile {
    keys: TestKeys::shared("okta-token-of-the-test", "okta-token-of-another"),
    sample,
    proof: Some(Proof::StaticToken),
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("85b60edb-4263-4e13-993b-818e26201052");
    let event = json!({"uuid": "5a6c3e8a-15ac-11ee-96cd-4d3dbb52ae3e", "eventType": "user.lifecycle.create"});
    let body = json!({
        "eventId": id, "eventType": wanted.event_or("com.okta.event_hook"), "eventTypeVersion": "1.0",
        "contentType": "application/json", "cloudEventsVersion": "0.1", "source": "https://acme.okta.example/api/v1/eventHooks/w",
        "data": {"events": [event]},
    });
    Sample::json(id, body)
}
