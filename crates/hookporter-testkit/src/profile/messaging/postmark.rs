use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static POSTMARK: Profile = Profile {
    keys: TestKeys::shared("webhook:password-of-the-test", "webhook:password-of-another"),
    sample,
    proof: Some(Proof::Detached),
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("883953f4-6105-42a2-a16a-77a8eac79483");
    let body = json!({"RecordType": wanted.event_or("Delivery"), "MessageID": id, "Recipient": "john@example.com", "ServerID": 23, "DeliveredAt": "2019-11-05T16:33:54.9070259Z", "Tag": "welcome-email"});
    Sample::json(id, body)
}
