use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static CALCOM: Profile = Profile {
    keys: TestKeys::shared("webhook-secret-of-the-test", "webhook-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("bFJeNb2uX8ANpT3JL5EfXw");
    let body = json!({
        "triggerEvent": wanted.event_or("BOOKING_CREATED"), "createdAt": "2023-05-24T09:30:00.538Z",
        "payload": {
            "uid": id, "title": "60 min with Emma", "startTime": "2023-05-25T09:30:00Z", "endTime": "2023-05-25T10:30:00Z",
            "attendees": [{"name": "Jon", "email": "jon@example.com"}],
        },
    });
    Sample::json(id, body)
}
