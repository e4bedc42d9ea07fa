use serde_json::json;

use super::{Profile, Sample, TestKeys, Wanted};

pub(crate) static SHOPIFY: Profile = Profile {
    keys: TestKeys::shared("client-secret-of-the-test-app", "client-secret-of-another-app"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("b54557e4-bdd9-4b37-8a5f-bf7d70bcd043");
    let body = json!({
        "id": 820_982_911_946_154_508_u64, "email": "jon@example.com", "currency": "EUR", "total_price": "199.00",
        "line_items": [{"id": 866_550_311_766_439_020_u64, "title": "IPod Nano - 8GB", "quantity": 1}],
    });
    Sample::json(id, body)
        .header("x-shopify-topic", wanted.event_or("orders/create"))
        .header("x-shopify-webhook-id", id)
        .header("x-shopify-event-id", "98880550-7158-44d4-b7cd-2c97c8a091b5")
        .header("x-shopify-shop-domain", "shop.myshopify.com")
        .header("x-shopify-api-version", "2025-07")
        .header("x-shopify-triggered-at", "2025-08-01T18:00:27.877041743Z")
}
