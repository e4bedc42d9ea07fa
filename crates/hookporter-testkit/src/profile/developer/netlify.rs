use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static NETLIFY: Profile = Profile {
    keys: TestKeys::shared("a-jws-secret-token-of-the-test", "another-jws-secret-token"),
    sample,
    proof: Some(Proof::Token),
    ..Profile::BASE
};

/// A deploy; Netlify's notifications are told apart by their bytes, so the id is the deploy's.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("5f3f0ba0ab1f2b0007d9c0e5");
    let body = json!({
        "id": id, "site_id": "4a2f7c1e-8c8d-4b0e-9f61-2f4c8f3f1c11", "state": "ready", "name": "the-site",
        "url": "https://the-site.example", "branch": "main", "created_at": "2023-11-14T22:13:20.000Z",
    });
    Sample::json(id, body).header("x-netlify-event", wanted.event_or("deploy_created"))
}
