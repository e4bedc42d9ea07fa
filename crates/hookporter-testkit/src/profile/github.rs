use serde_json::json;

use super::{Profile, Sample, TestKeys, Wanted};

pub(crate) static GITHUB: Profile = Profile {
    keys: TestKeys::shared("It's a Secret to Everybody", "It's a Secret to Nobody"),
    sample,
    ..Profile::BASE
};

/// GitHub's events are told apart by a digest of their bytes, so the id stands in the body too.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let event = wanted.event_or("push");
    let id = wanted.id_or("72d3162e-cc78-11e3-81ab-4c9367dc0958");
    let note = format!("Delivered as {id}");
    let commit = json!({"message": note, "author": {"name": "Codertocat"}});
    let mut body = match event {
        "push" => json!({"ref": "refs/heads/main", "commits": [commit], "head_commit": commit}),
        "ping" => json!({"zen": "Design for failure.", "hook_id": 292_430_182, "hook": {"name": note}}),
        _ => json!({"action": "opened", "title": note}),
    };
    if let Some(object) = body.as_object_mut() {
        let repository = json!({"id": 186_853_002, "full_name": "Codertocat/Hello-World", "private": false});
        object.insert("repository".to_owned(), repository);
        object.insert("sender".to_owned(), json!({"id": 21_031_067, "login": "Codertocat", "type": "User"}));
    }
    Sample::json(id, body)
        .header("user-agent", "GitHub-Hookshot/044aadd")
        .header("x-github-event", event)
        .header("x-github-delivery", id)
        .header("x-github-hook-id", "292430182")
}
