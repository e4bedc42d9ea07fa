use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static QSTASH: Profile = Profile {
    keys: TestKeys::shared("sig_5Ho8bZyTkXvQ2mNcR7dW", "sig_7Lk1pVwSxJqE4tBfU9gY"),
    sample,
    proof: Some(Proof::Token),
    ..Profile::BASE
};

/// A message of the user's own; QStash brings what it was given.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("msg_26hZCxZCuWyyTWPmSVBrNC1RADwpgWxPcak2rQD51EMjFMuzcW7qYXpPiDyw8Gd");
    Sample::json(id, json!({"task": "send the report", "number": 17}))
        .header("upstash-message-id", id)
        .header("upstash-retried", "0")
}
