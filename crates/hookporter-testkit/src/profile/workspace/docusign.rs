use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static DOCUSIGN: Profile = Profile {
    keys: TestKeys::shared("connect-key-of-the-test-account", "connect-key-of-another-account"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("40e8d0c0-bbbb-4000-8000-000000000012");
    let account = "b4c1d2e3-cccc-4000-8000-000000000013";
    let body = json!({
        "event": wanted.event_or("envelope-completed"), "apiVersion": "v2.1", "retryCount": 0, "configurationId": 10_000_001,
        "generatedDateTime": "2023-08-25T12:00:41.4950000Z",
        "data": {"accountId": account, "envelopeId": id, "envelopeSummary": {"status": "completed"}},
    });
    Sample::json(id, body).header("x-docusign-accountid", account).header("x-authorization-digest", "HMACSHA256")
}
