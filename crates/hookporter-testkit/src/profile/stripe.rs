use serde_json::json;

use super::{Profile, Sample, TestKeys, Wanted};

pub(crate) static STRIPE: Profile =
    Profile { keys: TestKeys::shared("whsec_of_the_test_kit", "whsec_of_somebody_else"), sample, ..Profile::BASE };

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("evt_1NG8Du2eZvKYlo2CUI79vXWy");
    let event = wanted.event_or("invoice.paid");
    // `invoice.paid` tells of an `invoice`, `customer.subscription.created` of a `subscription`.
    let object = event.rsplit('.').nth(1).unwrap_or(event);
    let body = json!({
        "id": id, "object": "event", "api_version": "2025-08-27.basil", "created": wanted.sent.as_secs(),
        "livemode": false, "pending_webhooks": 1, "request": {"id": null, "idempotency_key": null}, "type": event,
        "data": {"object": {
            "id": format!("{object}_1"), "object": object, "amount_paid": 2000, "currency": "eur", "status": "paid",
        }},
    });
    Sample::json(id, body).header("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
}
