use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static SQUARE: Profile =
    Profile { keys: TestKeys::shared("asdfghjk-qwertyuiop_12", "lkjhgfds-poiuytrewq_21"), sample, ..Profile::BASE };

fn sample(wanted: &Wanted<'_>) -> Sample {
    let (id, event) = (wanted.id_or("13b867cf-db3d-4b1c-90b6-2f32a9d78124"), wanted.event_or("payment.updated"));
    let body = json!({
        "merchant_id": "6SSW7HV8K2ST5", "type": event, "event_id": id, "created_at": "2023-11-14T22:13:20.000Z",
        "data": {"type": "payment", "id": "hYy9pRFVxpDsO1FB05SunFWUe9JZY", "object": {"payment": {"status": "COMPLETED"}}},
    });
    Sample::json(id, body)
}
