use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static MICROSOFT_GRAPH: Profile = Profile {
    keys: TestKeys::shared("secretClientValue-0f6a2e", "otherClientValue-93b1d7c"),
    sample,
    proof: Some(Proof::StaticToken),
    ..Profile::BASE
};

/// A batch of two, so that every test has more than one token.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let (id, event) = (wanted.id_or("lsgTZMr9KwAAA"), wanted.event_or("created"));
    let item = |id: &str, event: &str| {
        json!({
            "id": id, "subscriptionId": "7f105c7d-2dc5-4530-97cd-4e7ae6534c07", "changeType": event,
            "subscriptionExpirationDateTime": "2023-11-20T18:23:45Z", "resource": "users/1/messages/2",
        })
    };
    Sample::json(id, json!({"value": [item(id, event), item("lsgTZMr9KwAAB", "updated")]}))
}
