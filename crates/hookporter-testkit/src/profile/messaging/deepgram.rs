use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static DEEPGRAM: Profile = Profile {
    keys: TestKeys::shared("key-identifier-of-the-test", "key-identifier-of-another"),
    sample,
    proof: Some(Proof::StaticToken),
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("2479c8c8-8185-40ac-9ac6-f0874419f793");
    let body = json!({"metadata": {"request_id": id, "created": "2024-02-06T19:56:16.180Z", "duration": 25.9, "channels": 1}, "results": {"channels": [{"alternatives": [{"transcript": wanted.event_or("yeah"), "confidence": 0.99}]}]}});
    Sample::json(id, body)
}
