use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static SENTRY: Profile = Profile {
    keys: TestKeys::shared("client-secret-of-the-test-app", "client-secret-of-another-app"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("f2a1c4d59e7b4c0d8a6f3b2e1d0c9b8a");
    let body = json!({
        "action": "created", "installation": {"uuid": "24b5c8f1-6666-4000-8000-000000000007"},
        "data": {"issue": {"id": "1170820242", "title": "ReferenceError: door is not defined", "level": "error"}},
        "actor": {"type": "application", "id": "sentry", "name": "Sentry"},
    });
    Sample::json(id, body)
        .header("request-id", id)
        .header("sentry-hook-resource", wanted.event_or("issue"))
        .header("sentry-hook-timestamp", &wanted.sent.as_secs().to_string())
}
