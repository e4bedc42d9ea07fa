use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static INTERCOM: Profile = Profile {
    keys: TestKeys::shared("3b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed", "11bf5b37-e0b8-42e0-8dcf-dc8c4aefc000"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("notif_d0cc1a40-5d84-11ed-8e2e-7b0a3d0a5f0c");
    let body = json!({
        "type": "notification_event", "app_id": "a86dr8yl", "id": id, "topic": wanted.event_or("conversation.user.created"),
        "data": {"type": "notification_event_data", "item": {"type": "conversation", "id": "147", "state": "open"}},
        "created_at": wanted.sent.as_secs(), "delivery_attempts": 1,
    });
    Sample::json(id, body)
}
