use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static CLOUDINARY: Profile = Profile {
    keys: TestKeys::shared("api-secret-of-the-test-cloud", "api-secret-of-another-cloud"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("b8sjhoslj8cq8ovoa0ma");
    let body = json!({
        "notification_type": wanted.event_or("upload"), "public_id": id, "asset_id": "d3f9a1c2b4e5", "version": 1_555_337_587,
        "width": 1000, "height": 800, "format": "jpg", "resource_type": "image",
    });
    Sample::json(id, body)
}
