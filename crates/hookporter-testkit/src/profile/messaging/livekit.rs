use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static LIVEKIT: Profile = Profile {
    keys: TestKeys::shared(
        r#"{"api_key":"APItest0123456","api_secret":"secret-of-the-test-0123456789abcdef0123"}"#,
        r#"{"api_key":"APItest0123456","api_secret":"another-secret-0123456789abcdef01234567"}"#,
    ),
    sample,
    proof: Some(Proof::Token),
    ..Profile::BASE
};

/// A room event.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("EV_eVkTmBjpRCvE");
    let body = json!({
        "event": wanted.event_or("room_finished"), "id": id, "createdAt": "1700000000",
        "room": {"sid": "RM_hycBMAjmt6Ub", "name": "the room", "emptyTimeout": 300},
    });
    Sample::json(id, body).header("content-type", "application/webhook+json")
}
