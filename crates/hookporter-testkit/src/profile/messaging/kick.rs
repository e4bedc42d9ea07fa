use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static KICK: Profile = Profile { keys: KEYS, sample, ..Profile::BASE };

const KEYS: TestKeys = TestKeys {
    sender: include_str!("../../../data/keys/rsa.private.b64"),
    receiver: include_str!("../../../data/keys/rsa.public.pem"),
    wrong: include_str!("../../../data/keys/rsa.wrong.b64"),
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("01HM3J5T8Q0000000000000000");
    let event = wanted.event_or("chat.message.sent");
    let body = json!({"message_id": "unique_message_id_123", "broadcaster": {"user_id": 123_456_789, "username": "broadcaster_name"}, "content": "Hello", "created_at": "2025-01-14T16:08:06Z"});
    Sample::json(id, body).header("kick-event-type", event).header("kick-event-version", "1")
}
