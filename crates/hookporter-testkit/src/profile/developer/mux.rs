use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static MUX: Profile = Profile {
    keys: TestKeys::shared("signing-secret-of-the-test", "signing-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("3a56ac3d-33da-4366-855b-f592d898409d");
    let body = json!({
        "id": id, "type": wanted.event_or("video.asset.ready"), "created_at": "2020-02-07T21:13:06.000000Z",
        "object": {"type": "asset", "id": "0201p02fGKPE7MrbC269XRD7LpcHhrmbu"},
        "data": {"id": "0201p02fGKPE7MrbC269XRD7LpcHhrmbu", "status": "ready", "duration": 9.96},
        "environment": {"name": "Production", "id": "j0863n"},
    });
    Sample::json(id, body)
}
