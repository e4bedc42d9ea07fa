use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static LINE: Profile = Profile {
    keys: TestKeys::shared("0123456789abcdef0123456789abcdef", "1123456789abcdef0123456789abcdef"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("01FZ74A0TDDPYRVKNK77XKC3ZR");
    let body = json!({"destination": "U1234567890abcdef", "events": [{"type": wanted.event_or("follow"), "webhookEventId": id, "timestamp": wanted.sent.as_millis(), "deliveryContext": {"isRedelivery": false}, "source": {"type": "user", "userId": "U80696558e1aa831"}}]});
    Sample::json(id, body)
}
