use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static LEMONSQUEEZY: Profile = Profile {
    keys: TestKeys::shared("signing-secret-of-the-test", "signing-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("1");
    let event = wanted.event_or("order_created");
    let body = json!({"meta": {"event_name": event, "test_mode": true}, "data": {"type": "orders", "id": id, "attributes": {"status": "paid", "total": 999, "currency": "USD"}}});
    Sample::json(id, body).header("x-event-name", event)
}
