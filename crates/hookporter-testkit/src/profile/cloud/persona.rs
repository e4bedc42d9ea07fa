use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static PERSONA: Profile =
    Profile { keys: TestKeys::shared("wbhsec_of_the_test_kit", "wbhsec_of_somebody_else"), sample, ..Profile::BASE };

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("evt_RYFZ7nYvSPdHnbZyGzC4RrkS");
    let body = json!({"data": {"type": "event", "id": id, "attributes": {"name": wanted.event_or("inquiry.completed"), "created-at": "2024-01-01T00:00:00.000Z", "payload": {"data": {"type": "inquiry", "id": "inq_1"}}}}});
    Sample::json(id, body)
}
