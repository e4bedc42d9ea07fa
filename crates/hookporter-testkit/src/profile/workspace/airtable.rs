use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static AIRTABLE: Profile = Profile {
    keys: TestKeys::shared(
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "dGhlIG1hYyBzZWNyZXQgb2Ygc29tZWJvZHkgZWxzZSE=",
    ),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("ach00000000000000");
    let body = json!({
        "base": {"id": "app00000000000000"}, "webhook": {"id": id}, "timestamp": "2022-02-01T21:25:05.663Z",
    });
    Sample::json(id, body)
}
