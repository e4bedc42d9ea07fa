use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static FLUTTERWAVE: Profile =
    Profile { keys: TestKeys::shared("secret-hash-of-the-test", "secret-hash-of-another"), sample, ..Profile::BASE };

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("wbk_Kc9ZkN8vVqyrF0xJbX2d");
    let body = json!({"id": id, "type": wanted.event_or("charge.completed"), "timestamp": wanted.sent.as_millis(), "data": {"id": "chg_4bHMxVgPwq", "amount": 200, "currency": "KES", "status": "succeeded"}});
    Sample::json(id, body)
}
