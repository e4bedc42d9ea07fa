use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static PADDLE: Profile = Profile {
    keys: TestKeys::shared("pdl_ntfset_01_of_the_test_kit", "pdl_ntfset_01_of_somebody_else"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("evt_01hsdn97563968dy0szkmgjwh3");
    let body = json!({"event_id": id, "event_type": wanted.event_or("transaction.completed"), "occurred_at": "2024-03-20T10:07:35.590857Z", "notification_id": "ntf_01hsdn977e920kbgzt6r6c9rqc", "data": {"id": "txn_01hsdn96k2hxjzsq5yerecdj9j", "status": "completed", "currency_code": "EUR"}});
    Sample::json(id, body)
}
