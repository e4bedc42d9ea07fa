use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static TRELLO: Profile = Profile {
    keys: TestKeys::shared(
        "8a1f2cd3e4b5a6978812cc34dd56ee78ff90011223344556677889900aabbccd",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    ),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("51f9424bcd6e040f3c002412");
    let body = json!({
        "action": {
            "id": id, "idMemberCreator": "4fc78a59a885233f4b349bd9", "type": wanted.event_or("updateCard"),
            "data": {"card": {"id": "5f2b0b6e", "name": "Ahoy"}, "board": {"id": "4d5ea62f", "name": "Board"}},
        },
        "model": {"id": "4d5ea62fd76aa1136000000c", "name": "Board"},
    });
    Sample::json(id, body)
}
