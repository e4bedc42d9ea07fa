use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static FASTLY: Profile = Profile {
    keys: TestKeys::shared("signing-key-of-the-test-site", "signing-key-of-another-site"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("65c6a1b2d3e4f5a6b7c8d9e0");
    let body = json!({
        "created": "2024-02-09T21:08:21.316443770Z", "type": wanted.event_or("flag"),
        "payload": {"ID": id, "SiteID": "site_1", "Name": "shop", "Description": "An address was flagged"},
        "link": "https://dashboard.example/events",
    });
    Sample::json(id, body)
}
