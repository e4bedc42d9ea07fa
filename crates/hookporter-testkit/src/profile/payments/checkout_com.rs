use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static CHECKOUT_COM: Profile = Profile {
    keys: TestKeys::shared("signature-key-of-the-test", "signature-key-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("evt_az5sblvku4ge3dwpztvyizgcau");
    let body = json!({"id": id, "type": wanted.event_or("payment_approved"), "version": "2.0.8", "created_on": "2023-01-24T08:50:57Z", "data": {"id": "pay_mbabizu24mvu3mela5njyhpit4", "amount": 6540, "currency": "USD"}});
    Sample::json(id, body)
}
