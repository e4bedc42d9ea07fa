use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static MOLLIE: Profile = Profile {
    keys: TestKeys::shared("signing-secret-of-the-test", "signing-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("event_GvJ8WHrp5isUdRub9CJyH");
    let body = json!({"resource": "event", "id": id, "type": wanted.event_or("payment-link.paid"), "entityId": "pl_qng5gbbv8NAZ5gpM5ZYgx", "createdAt": "2024-12-16T15:57:04.0Z"});
    Sample::json(id, body)
}
