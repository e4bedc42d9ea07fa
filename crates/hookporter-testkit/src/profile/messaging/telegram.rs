use serde_json::{Value, json};

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static TELEGRAM: Profile = Profile {
    keys: TestKeys::shared("secret_token_of_the_test", "secret_token_of_another"),
    sample,
    proof: Some(Proof::StaticToken),
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("10000");
    let body = json!({"update_id": number(id), "message": {"message_id": 1365, "date": wanted.sent.as_secs(), "text": wanted.event_or("/start"), "chat": {"id": 1_111_111, "type": "private", "first_name": "Test"}}});
    Sample::json(id, body)
}

/// A number where it is one.
fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}
