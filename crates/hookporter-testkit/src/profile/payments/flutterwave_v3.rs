use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static FLUTTERWAVE_V3: Profile = Profile {
    keys: TestKeys::shared("secret-hash-of-the-test", "secret-hash-of-another"),
    sample,
    proof: Some(Proof::StaticToken),
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("285959875");
    let body = json!({"event": wanted.event_or("charge.completed"), "data": {"id": id, "tx_ref": "Links-616626414629", "amount": 100, "currency": "NGN", "status": "successful"}});
    Sample::json(id, body)
}
