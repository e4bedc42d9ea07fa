use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static BOX: Profile =
    Profile { keys: TestKeys::shared("SamplePrimaryKey", "SampleKeyOfAnother"), sample, ..Profile::BASE };

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("f96bb54b-ee16-4fc5-aa65-8c2d9e5b546f");
    let body = json!({
        "type": "webhook_event", "id": "eb0c4e06-dddd-4000-8000-000000000014", "trigger": wanted.event_or("FILE.UPLOADED"),
        "webhook": {"id": "1234567890", "type": "webhook"},
        "source": {"id": "1234567890", "type": "file", "name": "Test.txt"},
    });
    Sample::json(id, body).header("box-delivery-id", id)
}
