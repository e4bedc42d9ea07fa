use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static ASANA: Profile = Profile {
    keys: TestKeys::shared("b537207f20cbfa02357cf448134da559", "6e1f0d4c3b2a19081726354433221100"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("1199999999999999");
    let body = json!({"events": [{
        "user": {"gid": "12345", "resource_type": "user"}, "resource": {"gid": id, "resource_type": "task"},
        "action": wanted.event_or("changed"), "created_at": "2023-11-14T22:13:20.000Z",
    }]});
    Sample::json(id, body)
}
