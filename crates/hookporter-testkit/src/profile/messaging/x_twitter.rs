use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static X_TWITTER: Profile = Profile {
    keys: TestKeys::shared(
        "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "xvz1evFS4wEEPTGEFPHBog8n2Lq3AKc0oBPHtWSMvLk",
    ),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("1580661436132757504");
    let member = wanted.event_or("tweet_create_events");
    let body = json!({
        "for_user_id": "2244994945",
        member: [{"id_str": id, "text": "Ahoy", "timestamp_ms": wanted.sent.as_millis().to_string()}],
    });
    Sample::json(id, body)
}
