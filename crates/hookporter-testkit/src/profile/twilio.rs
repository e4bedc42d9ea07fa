use hookporter_core::Reason;
use serde_json::json;

use super::{Profile, Sample, TestKeys, Wanted};

pub(crate) static TWILIO: Profile = Profile { keys: KEYS, sample, hashes_body: true, ..Profile::BASE };

/// The same sender, with JSON bodies: the URL states their hash, so a changed one is refused for that.
pub(crate) static TWILIO_JSON: Profile = Profile {
    sample: json_sample,
    tampered_body: Reason::BodyHashMismatch,
    hashes_body: true,
    keys: KEYS,
    ..Profile::BASE
};

const KEYS: TestKeys = TestKeys::shared("12345678901234567890123456789012", "fedcba9876543210fedcba9876543210");

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("cb7fb6dd-c52c-4b51-b2ab-fb7a1e8f1ed3");
    let fields = [
        ("AccountSid", "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("ApiVersion", "2010-04-01"),
        ("Body", "Ahoy & welcome"),
        ("From", "+14155550100"),
        ("MessageSid", "SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("MessageStatus", wanted.event_or("received")),
        ("To", "+14155550199"),
    ];
    Sample::form(id, &fields).header("i-twilio-idempotency-token", id)
}

fn json_sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("cb7fb6dd-c52c-4b51-b2ab-fb7a1e8f1ed3");
    let body = json!({
        "specversion": "1.0", "type": wanted.event_or("com.twilio.messaging.message.delivered"), "id": id,
        "data": {"messageSid": "SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "to": "+14155550199", "status": "delivered"},
    });
    Sample::json(id, body).header("i-twilio-idempotency-token", id)
}
