use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static SANITY: Profile = Profile {
    keys: TestKeys::shared("webhook-secret-of-the-test", "webhook-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("bKXWH4IuHxxm5Uv6sPqK1A");
    let body = json!({"_id": "door", "_type": "product", "title": "A door"});
    Sample::json(id, body)
        .header("idempotency-key", id)
        .header("sanity-operation", "update")
        .header("sanity-document-id", "door")
        .header("sanity-project-id", "abc12345")
        .header("sanity-dataset", "production")
}
