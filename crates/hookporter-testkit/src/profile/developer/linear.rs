use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static LINEAR: Profile = Profile {
    keys: TestKeys::shared("signing-secret-of-the-test", "signing-secret-of-another"),
    sample,
    ..Profile::BASE
};

/// The timestamp stands in the body: signing writes the one that is wanted there.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("234d1a4e-b617-4388-90fe-adc3633d6b72");
    let event = wanted.event_or("Issue");
    let body = json!({
        "action": "create", "type": event, "createdAt": "2020-01-23T12:53:18.084Z", "organizationId": "org_1",
        "data": {"id": "2174add1-8888-4000-8000-000000000009", "title": "The door sticks"},
        "webhookTimestamp": wanted.sent.as_millis(), "webhookId": "000042e3-9999-4000-8000-000000000010",
    });
    Sample::json(id, body).header("linear-delivery", id).header("linear-event", event)
}
