use serde_json::json;

use super::{Profile, Proof, Sample, TestKeys, Wanted};

pub(crate) static SHIPMONDO: Profile = Profile {
    keys: TestKeys::shared("test-webhook-key-with-at-least-32-bytes", "other-webhook-key-with-at-least-32-bytes"),
    sample,
    proof: Some(Proof::Token),
    ..Profile::BASE
};

/// The payload of the token that becomes the body.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("119175");
    let payload = json!({
        "webhook": "Orders to the shop", "url": "https://receiver.example/webhooks/shipmondo",
        "data": {"id": 119_175, "order_id": "2042", "order_status": "open"},
    });
    Sample::json(id, payload)
        .header("smd-resource-type", wanted.event_or("Orders"))
        .header("smd-resource-id", id)
        .header("smd-webhook-id", "7")
        .header("smd-action", "create")
        .header("smd-user", "user@example.com")
}
