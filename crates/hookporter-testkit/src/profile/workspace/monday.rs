use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static MONDAY: Profile = Profile {
    keys: TestKeys::shared("a-signing-secret-of-the-test-0123", "another-signing-secret-0123456789"),
    sample,
    proof: Some(Proof::Token),
    ..Profile::BASE
};

/// A board event.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("b5ed2e17c530f43668de130142445cba");
    let body = json!({"event": {
        "userId": 9_603_417, "boardId": 1_771_812_698, "pulseId": 1_772_099_344, "pulseName": "Create a receiver",
        "type": wanted.event_or("create_pulse"), "triggerTime": "2023-11-14T22:13:20.000Z", "triggerUuid": id,
    }});
    Sample::json(id, body)
}
