use serde_json::json;

use super::{OTHER_WHSEC, WHSEC};
use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static ANTHROPIC: Profile =
    Profile { keys: TestKeys::shared(WHSEC, OTHER_WHSEC), sample: anthropic, ..Profile::BASE };

pub(super) static OPENAI: Profile = Profile { sample: openai, ..ANTHROPIC };

pub(super) static REPLICATE: Profile = Profile { sample: replicate, ..ANTHROPIC };

fn anthropic(wanted: &Wanted<'_>) -> Sample {
    let body = json!({
        "type": "event", "id": "event_1", "created_at": "2026-03-01T10:00:00Z",
        "data": {"type": wanted.event_or("session.status_idled"), "id": "session_1"},
    });
    Sample::json(wanted.id_or("msg_1srOrx2ZWZBpBUvZwXKQmoEYga1"), body)
}

fn openai(wanted: &Wanted<'_>) -> Sample {
    let body = json!({
        "id": "evt_685c059ae3a481909bdc86819b066fb6", "object": "event", "created_at": wanted.sent.as_secs(),
        "type": wanted.event_or("response.completed"), "data": {"id": "resp_123"},
    });
    Sample::json(wanted.id_or("wh_685c059ae39c8190af8c71ed1022a24d"), body)
}

fn replicate(wanted: &Wanted<'_>) -> Sample {
    let body = json!({
        "id": "ufawqhfynnddngldkgtslldrkq", "version": "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",
        "status": "succeeded", "input": {"text": "Alice"}, "output": ["A door"], "error": null,
    });
    Sample::json(wanted.id_or("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"), body)
}
