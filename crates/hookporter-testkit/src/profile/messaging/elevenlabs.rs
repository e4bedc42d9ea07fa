use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static ELEVENLABS: Profile =
    Profile { keys: TestKeys::shared("wsec_of_the_test_kit", "wsec_of_somebody_else"), sample, ..Profile::BASE };

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("conv_01hsdn97563968dy0s");
    let body = json!({"type": wanted.event_or("post_call_transcription"), "event_timestamp": wanted.sent.as_secs(), "data": {"agent_id": "agent_1", "conversation_id": id, "status": "done", "transcript": []}});
    Sample::json(id, body)
}
