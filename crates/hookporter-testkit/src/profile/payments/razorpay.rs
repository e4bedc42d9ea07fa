use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static RAZORPAY: Profile = Profile {
    keys: TestKeys::shared("secret-of-the-test-webhook", "secret-of-another-webhook"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("evt_00000000000001");
    let event = wanted.event_or("payment.captured");
    let body = json!({"entity": "event", "event": event, "contains": ["payment"], "created_at": wanted.sent.as_secs(), "payload": {"payment": {"entity": {"id": "pay_DESlfW9H8K9uqM", "amount": 100, "currency": "INR", "status": "captured"}}}});
    Sample::json(id, body).header("x-razorpay-event-id", id)
}
