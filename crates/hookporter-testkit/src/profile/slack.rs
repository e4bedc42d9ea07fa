use serde_json::json;

use super::{Profile, Sample, TestKeys, Wanted};

pub(crate) static SLACK: Profile = Profile {
    keys: TestKeys::shared("8f742231b10e8888abcd99yyyzzz85a5", "0123456789abcdef0123456789abcdef"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("Ev123ABC456");
    let body = json!({
        "team_id": "T123ABC456", "api_app_id": "A123ABC456", "type": "event_callback",
        "event_id": id, "event_time": wanted.sent.as_secs(),
        "event": {
            "type": wanted.event_or("app_mention"), "user": "U123ABC456", "channel": "C123ABC456",
            "text": "What is the hour of the pearl?", "ts": "1515449522.000016",
        },
    });
    Sample::json(id, body)
}
