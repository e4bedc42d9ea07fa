use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static CLOUDFLARE_STREAM: Profile = Profile {
    keys: TestKeys::shared("webhook-secret-of-the-test", "webhook-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("6b9e68b07dfee8cc2d116e4c51d6a957");
    let body = json!({
        "uid": id, "readyToStream": true, "status": {"state": wanted.event_or("ready"), "pctComplete": "100.000000"},
        "meta": {"name": "door.mp4"}, "duration": 5.5,
    });
    Sample::json(id, body)
}
