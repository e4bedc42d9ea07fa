use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static VERCEL: Profile = Profile {
    keys: TestKeys::shared("webhook-secret-of-the-test", "webhook-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("uev_8qYkW2l5TDcQ1");
    let body = json!({
        "id": id, "type": wanted.event_or("deployment.succeeded"), "createdAt": wanted.sent.as_millis(),
        "payload": {"deployment": {"id": "dpl_1", "name": "shop"}, "project": {"id": "prj_1"}, "target": "production"},
    });
    Sample::json(id, body)
}
