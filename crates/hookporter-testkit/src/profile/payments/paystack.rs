use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static PAYSTACK: Profile = Profile {
    keys: TestKeys::shared("sk_test_of_the_test_kit_0123456789", "sk_test_of_somebody_else_0123456789"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("302961");
    let body = json!({"event": wanted.event_or("charge.success"), "data": {"id": id, "domain": "test", "status": "success", "reference": "qTPrJoy9Bx", "amount": 10000, "currency": "NGN"}});
    Sample::json(id, body)
}
