use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static QUICKBOOKS: Profile = Profile {
    keys: TestKeys::shared("verifier-token-of-the-test-app", "verifier-token-of-another-app"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("1");
    let body = json!({"eventNotifications": [{"realmId": "1185883450", "dataChangeEvent": {"entities": [{"name": "Customer", "id": id, "operation": wanted.event_or("Create"), "lastUpdated": "2015-10-05T14:42:19-0700"}]}}]});
    Sample::json(id, body)
}
