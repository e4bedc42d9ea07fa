use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static EASYPOST: Profile =
    Profile { keys: TestKeys::shared("sécret-of-the-test", "sécret-of-another"), sample, ..Profile::BASE };

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("evt_b8d3c1a0");
    let body = json!({"id": id, "object": "Event", "description": wanted.event_or("tracker.updated"), "mode": "production", "status": "pending", "previous_attributes": {"status": "in_transit"}, "result": {"id": "trk_1", "object": "Tracker", "status": "delivered"}});
    Sample::json(id, body)
}
