use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static AUTH0: Profile = Profile {
    keys: TestKeys::shared("token-of-the-test-stream", "token-of-another-stream"),
    sample,
    proof: Some(Proof::StaticToken),
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("evt_0123456789abcdef");
    let body = json!({"id": id, "type": wanted.event_or("user.created"), "specversion": "1.0", "source": "urn:auth0:example.auth0app.com", "data": {"object": {"user_id": "auth0|507f1f77bcf86cd799439020", "email": "john@example.com"}}});
    Sample::json(id, body)
}
