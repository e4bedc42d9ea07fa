use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static WEBFLOW: Profile = Profile {
    keys: TestKeys::shared("secret-key-of-the-test-site", "secret-key-of-another-site"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("6321ca84df3949bfc6752327");
    let body = json!({
        "triggerType": wanted.event_or("form_submission"),
        "payload": {"id": id, "name": "Contact", "siteId": "65427cf400e02b306eaa049c", "data": {"First Name": "Zaphod"}},
    });
    Sample::json(id, body)
}
