use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static COINBASE_CDP: Profile = Profile {
    keys: TestKeys::shared("subscription-secret-of-the-test", "subscription-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("7c4f2c1e-9f5b-4a52-8e2d-0e6b6a1d1f11");
    let body = json!({"id": id, "eventType": wanted.event_or("onchain.activity.detected"), "network": "base-mainnet", "data": {"value": "1000"}});
    Sample::json(id, body)
}
