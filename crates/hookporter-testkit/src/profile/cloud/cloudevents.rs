use serde_json::json;

use crate::keys::TestKeys;
use crate::profile::{Profile, Proof, Sample, Wanted};

pub(crate) static CLOUDEVENTS: Profile = Profile {
    keys: TestKeys::shared("cloudevents-token-of-the-test", "cloudevents-token-of-another"),
    sample,
    proof: Some(Proof::StaticToken),
    ..Profile::BASE
};

/// One event in binary mode.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("A234-1234-1234");
    Sample::json(id, json!({"order": 2042, "status": "open"}))
        .header("ce-specversion", "1.0")
        .header("ce-type", wanted.event_or("com.example.order.created"))
        .header("ce-source", "/shop/7")
        .header("ce-id", id)
        .header("ce-time", "2023-11-14T22:13:20Z")
}
