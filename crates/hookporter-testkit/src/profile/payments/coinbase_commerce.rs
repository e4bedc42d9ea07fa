use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static COINBASE_COMMERCE: Profile = Profile {
    keys: TestKeys::shared("shared-secret-of-the-test", "shared-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("24934862-d980-46cb-9402-43c81b0cdba6");
    let body = json!({"id": 1, "attempt_number": 1, "scheduled_for": "2017-01-31T20:50:02Z", "event": {"id": id, "type": wanted.event_or("charge:confirmed"), "api_version": "2018-03-22", "resource": "event", "data": {"code": "66BEOV2A", "name": "The Sovereign Individual"}}});
    Sample::json(id, body)
}
