use serde_json::json;

use super::{Profile, Proof, Sample, TestKeys, Wanted};

pub(crate) static HUBLA: Profile = Profile {
    keys: TestKeys::shared("hubla-token-of-the-test", "hubla-token-of-another"),
    sample,
    proof: Some(Proof::StaticToken),
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("e3b0c442-98fc-1c14-9afb-f4c8996fb924");
    let body = json!({
        "type": wanted.event_or("invoice.payment_succeeded"), "version": "2.0.0",
        "event": {"invoice": {"id": "6cd7c9a4", "status": "paid", "amount": {"totalCents": 9700}}},
    });
    Sample::json(id, body).header("x-hubla-idempotency", id)
}
