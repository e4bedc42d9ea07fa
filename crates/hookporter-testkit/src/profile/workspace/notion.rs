use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static NOTION: Profile = Profile {
    keys: TestKeys::shared(
        "secret_of-the-test-0123456789abcdefghijklmnopqr",
        "secret_of-another-0123456789abcdefghijklmnopqrs",
    ),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("367cba44-b6f3-4c92-81e7-6a2e9659efd4");
    let body = json!({
        "id": id, "timestamp": "2023-11-14T22:13:20.000Z", "type": wanted.event_or("page.created"),
        "workspace_id": "13950b26-c203-4f3b-b97d-93ec06319565", "attempt_number": 1, "api_version": "2025-09-03",
        "entity": {"id": "153104cd-477e-809d-8dc4-ff2d96ae3090", "type": "page"},
    });
    Sample::json(id, body)
}
