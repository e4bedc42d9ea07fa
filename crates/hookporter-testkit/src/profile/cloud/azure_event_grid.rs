use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static AZURE_EVENT_GRID: Profile = Profile {
    keys: TestKeys::shared("event-grid-code-of-the-test", "event-grid-code-of-another"),
    sample,
    proof: Some(Proof::StaticToken),
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("831e1650-001e-001b-66ab-eeb76e069631");
    let body = json!([{
        "id": id, "topic": "/subscriptions/0/resourceGroups/Storage/providers/Microsoft.Storage/storageAccounts/acme",
        "subject": "/blobServices/default/containers/test/blobs/new.txt",
        "eventType": wanted.event_or("Microsoft.Storage.BlobCreated"), "eventTime": "2023-11-14T22:13:20.000Z",
        "data": {"api": "PutBlockList", "contentType": "text/plain", "contentLength": 524_288},
        "dataVersion": "1", "metadataVersion": "1",
    }]);
    Sample::json(id, body).header("aeg-event-type", "Notification").header("aeg-delivery-count", "0")
}
