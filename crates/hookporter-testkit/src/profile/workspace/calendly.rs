use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static CALENDLY: Profile = Profile {
    keys: TestKeys::shared("signing-key-of-the-test", "signing-key-of-another-user"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("AAAAAAAAAAAAAAAA");
    let invitee = format!("https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ2/invitees/{id}");
    let body = json!({
        "event": wanted.event_or("invitee.created"), "created_at": "2020-11-23T17:51:19.000000Z",
        "created_by": "https://api.calendly.com/users/AAAAAAAAAAAAAAAA",
        "payload": {"uri": invitee, "email": "emma@example.com", "name": "Emma", "status": "active"},
    });
    Sample::json(id, body)
}
