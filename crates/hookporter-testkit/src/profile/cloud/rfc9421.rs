use serde_json::json;

use crate::keys::TestKeys;
use crate::profile::{Profile, Sample, Wanted};

pub(crate) static RFC9421: Profile = Profile {
    keys: TestKeys::shared(
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==",
    ),
    sample,
    ..Profile::BASE
};

/// No sender's in particular; the id stands in the body too, so that events are told apart without a nonce.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("9f1c2a30");
    Sample::json(id, json!({"id": id, "type": wanted.event_or("thing.created"), "data": {"name": "a thing"}}))
}
