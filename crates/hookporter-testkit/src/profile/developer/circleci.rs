use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static CIRCLECI: Profile =
    Profile { keys: TestKeys::shared("secret-token-of-the-test", "secret-token-of-another"), sample, ..Profile::BASE };

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("3888f21b-eaa7-38e3-8f3d-75a63bba8895");
    let event = wanted.event_or("workflow-completed");
    let body = json!({
        "id": id, "type": event, "happened_at": "2021-09-01T22:49:34.317Z",
        "webhook": {"id": "cf8c4fdd-0587-4da1-b4ca-4846e9640af9", "name": "Sample webhook"},
        "workflow": {"id": "fda08377-fe7e-46b1-8992-3a7aaecac9c3", "name": "build-test-deploy", "status": "success"},
    });
    Sample::json(id, body).header("circleci-event-type", event).header("user-agent", "CircleCI-Webhook/1.0")
}
