use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static ZOOM: Profile =
    Profile { keys: TestKeys::shared("1s5mLr7iQfSvlnLrwKqz1A", "Aq9dGhT2Sfmqgkq0nMZrWQ"), sample, ..Profile::BASE };

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("85746065432");
    let body = json!({
        "event": wanted.event_or("meeting.started"), "event_ts": wanted.sent.as_millis(),
        "payload": {"account_id": "AAAAAABBBB", "object": {"id": id, "topic": "Standup", "type": 2, "host_id": "x1yCzABCDE"}},
    });
    Sample::json(id, body)
}
