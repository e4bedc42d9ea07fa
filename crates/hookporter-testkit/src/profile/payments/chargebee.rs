use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static CHARGEBEE: Profile = Profile {
    keys: TestKeys::shared("webhook:password-of-the-test", "webhook:password-of-another"),
    sample,
    proof: Some(Proof::Detached),
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("ev_16BHbhF4s42tO2lK");
    let body = json!({"id": id, "occurred_at": wanted.sent.as_secs(), "source": "admin_console", "object": "event", "api_version": "v2", "event_type": wanted.event_or("subscription_created"), "webhook_status": "scheduled", "content": {"subscription": {"id": "16BHbhF4s42tO2lJ", "status": "active"}}});
    Sample::json(id, body)
}
