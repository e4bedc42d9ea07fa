use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

/// The same requests, whatever the version of the signature.
pub(super) static HUBSPOT: Profile = Profile {
    keys: TestKeys::shared("yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let number = |text: &str| text.parse::<u64>().ok();
    let body = json!([{
        "eventId": wanted.event_id.and_then(number).unwrap_or(1), "subscriptionId": 12_345, "portalId": 62_515,
        "occurredAt": 1_564_113_600_000_u64, "subscriptionType": wanted.event_or("contact.creation"),
        "attemptNumber": 0, "objectId": 123, "changeSource": "CRM", "changeFlag": "NEW", "appId": 54_321,
    }]);
    Sample::json(wanted.id_or("1"), body)
}
