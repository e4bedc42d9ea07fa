use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static HEROKU: Profile = Profile {
    keys: TestKeys::shared("signing-secret-of-the-test", "signing-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("01234567-89ab-cdef-0123-456789abcdef");
    let body = json!({
        "id": "5c9a3f1e-2222-4000-8000-000000000004", "action": "update", "resource": "release",
        "data": {"id": "9d4e2c6b-3333-4000-8000-000000000005", "version": 11, "status": "succeeded"},
        "webhook_metadata": {
            "attempt": {"id": "7b1c0a9d-5555-4000-8000-000000000006"}, "delivery": {"id": id},
            "event": {"id": "5c9a3f1e-2222-4000-8000-000000000004", "include": wanted.event_or("api:release")},
        },
    });
    Sample::json(id, body)
}
