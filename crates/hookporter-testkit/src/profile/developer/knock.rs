use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static KNOCK: Profile = Profile {
    keys: TestKeys::shared("signing-key-of-the-test", "signing-key-of-another-webhook"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("a2f0c1d4-aaaa-4000-8000-000000000011");
    let event = wanted.event_or("message.sent");
    let body = json!({
        "id": id, "type": event, "created_at": "2023-05-01T10:00:00Z",
        "data": {"id": "msg_1", "status": "sent", "recipient": "user_1"},
    });
    Sample::json(id, body).header("x-knock-event", event)
}
