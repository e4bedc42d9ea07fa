use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static RECURLY: Profile = Profile {
    keys: TestKeys::shared("354fab5bd35f5a0d50845ee7e3016524", "454fab5bd35f5a0d50845ee7e3016524"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("rjxwmwedwqug");
    let body = json!({"id": id, "object_type": "account", "site_id": "qc326l1hl8k9", "event_type": wanted.event_or("created"), "event_time": "2022-09-13T21:18:40Z", "account_code": "adfas23zzz14123"});
    Sample::json(id, body)
}
