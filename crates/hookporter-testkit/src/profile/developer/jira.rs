use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static JIRA: Profile = Profile {
    keys: TestKeys::shared("webhook-secret-of-the-test", "webhook-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("0a1b2c3d-4444-4000-8000-000000000003");
    let body = json!({
        "timestamp": wanted.sent.as_millis(), "webhookEvent": wanted.event_or("jira:issue_updated"),
        "issue_event_type_name": "issue_generic",
        "issue": {"id": "10002", "key": "EX-1", "fields": {"summary": "The door sticks"}},
    });
    Sample::json(id, body).header("x-atlassian-webhook-identifier", id)
}
