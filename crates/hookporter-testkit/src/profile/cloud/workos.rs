use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static WORKOS: Profile = Profile {
    keys: TestKeys::shared("endpoint-secret-of-the-test", "endpoint-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("event_01HXYZ1KQ9ZP8D6M6T0E7A1B2C");
    let body = json!({"id": id, "event": wanted.event_or("dsync.user.created"), "created_at": "2024-01-01T00:00:00.000Z", "data": {"id": "directory_user_01", "state": "active"}});
    Sample::json(id, body)
}
