use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static MERCADOPAGO: Profile = Profile {
    keys: TestKeys::shared(
        "e5b5a4f5c6b7d8e9f0a1b2c3d4e5f60718293a4b5c6d7e8f9012a3b4c5d6e7f8",
        "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    ),
    sample,
    proof: Some(Proof::Detached),
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let (id, event) = (wanted.id_or("2066ca19-c6f1-498a-be75-1923005edd06"), wanted.event_or("order"));
    let resource = "ORD01JQ4S4KY8HWQ6NA5PXB65B3D3";
    let body = json!({
        "action": "order.processed", "api_version": "v1", "date_created": "2023-11-14T22:13:20Z", "id": 123_456_789,
        "live_mode": false, "type": event, "user_id": 44_444, "data": {"id": resource},
    });
    Sample::json(id, body).header("x-request-id", id).parameter("data.id", resource).parameter("type", "order")
}
