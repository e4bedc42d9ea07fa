use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static PUSHER: Profile = Profile {
    keys: TestKeys::shared(
        "{\"key\":\"278d425bdf160c739803\",\"secret\":\"secret-of-the-test-app\"}",
        "{\"key\":\"278d425bdf160c739803\",\"secret\":\"secret-of-another-app\"}",
    ),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("presence-room-1");
    let body = json!({"time_ms": wanted.sent.as_millis(), "events": [{"channel": id, "name": wanted.event_or("channel_occupied")}]});
    Sample::json(id, body)
}
