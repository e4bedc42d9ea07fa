use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static BITBUCKET: Profile = Profile {
    keys: TestKeys::shared("webhook-secret-of-the-test", "webhook-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("4a7e8e5a-7a3d-4d0c-9d0c-5f9e9b0f8a11");
    let body = json!({
        "push": {"changes": [{"new": {"type": "branch", "name": "main"}, "created": false, "forced": false}]},
        "repository": {"full_name": "team/service", "uuid": "{1a2b3c4d-0000-4000-8000-000000000001}"},
        "actor": {"display_name": "Emma", "type": "user"},
    });
    Sample::json(id, body)
        .header("x-event-key", wanted.event_or("repo:push"))
        .header("x-request-uuid", id)
        .header("x-hook-uuid", "5e9f7c0a-1111-4000-8000-000000000002")
        .header("x-attempt-number", "1")
}
