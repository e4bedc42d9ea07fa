use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static WOOCOMMERCE: Profile = Profile {
    keys: TestKeys::shared("xY7(qZ$ k2 V*w8 of the test", "xY7(qZ$ k2 V*w8 of another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("727");
    let body = json!({
        "id": 727, "number": id, "status": "processing", "currency": "EUR", "total": "29.35",
        "line_items": [{"id": 315, "name": "Woo Single #1", "quantity": 2, "total": "6.00"}],
    });
    Sample::json(id, body)
        .header("x-wc-webhook-topic", wanted.event_or("order.updated"))
        .header("x-wc-webhook-resource", "order")
        .header("x-wc-webhook-event", "updated")
        .header("x-wc-webhook-source", "https://shop.example/")
        .header("x-wc-webhook-id", "142")
        .header("x-wc-webhook-delivery-id", "a16df4a80b5d4ba9b2d3e25e1ac9b2a0")
}
