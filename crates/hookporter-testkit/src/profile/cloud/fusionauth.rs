use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static FUSIONAUTH: Profile = Profile {
    keys: TestKeys::shared("an-hmac-key-of-the-test-0123456789abcdef", "another-hmac-key-0123456789abcdef012345"),
    sample,
    proof: Some(Proof::Token),
    ..Profile::BASE
};

/// A user event.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("e502168a-b469-45d9-a079-fd45f83e0406");
    let body = json!({"event": {
        "type": wanted.event_or("user.create"), "id": id, "createInstant": 1_700_000_000_000_i64,
        "tenantId": "e872a880-b14f-6d62-c312-cb40f22af465",
        "user": {"id": "00000000-0000-0001-0000-000000000000", "email": "user@example.com", "active": true},
    }});
    Sample::json(id, body)
}
