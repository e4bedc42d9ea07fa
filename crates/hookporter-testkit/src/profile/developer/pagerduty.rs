use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static PAGERDUTY: Profile = Profile {
    keys: TestKeys::shared("signing-secret-of-the-test", "signing-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("5ac64822-4adc-4fda-ade0-410becf0de4f");
    let body = json!({"event": {
        "id": id, "event_type": wanted.event_or("incident.triggered"), "resource_type": "incident",
        "occurred_at": "2020-10-02T18:45:22.169Z",
        "data": {"id": "PGR0VU2", "type": "incident", "number": 2, "status": "triggered", "title": "A little bump"},
    }});
    Sample::json(id, body).header("x-webhook-id", "aa2b5b70-7777-4000-8000-000000000008")
}
