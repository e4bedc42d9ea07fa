use serde_json::json;

use super::{Profile, Sample, Wanted};
use crate::keys::TestKeys;

pub(crate) static DISCORD: Profile = Profile { keys: KEYS, sample, ..Profile::BASE };

/// RFC 8032, section 7.1: tests 1 and 2.
pub(crate) const KEYS: TestKeys = TestKeys {
    sender: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    receiver: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    wrong: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
};

/// An interaction, unless an event is wanted; Discord's events have no id.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let Some(event) = wanted.event else {
        let id = wanted.id_or("846462639134605312");
        let body = json!({
            "id": id, "application_id": "775799577604522054", "type": 2, "version": 1, "token": "a token of the test",
            "channel_id": "645027906669510667", "guild_id": "290926798626357999",
            "data": {"id": "771825006014889984", "name": "cardsearch", "type": 1},
        });
        return Sample::json(id, body);
    };
    let body = json!({
        "version": 1, "application_id": "1234560123453231555", "type": 1,
        "event": {
            "type": event, "timestamp": "2024-10-18T14:42:53.064834",
            "data": {"integration_type": 1, "scopes": ["applications.commands"], "user": {"id": "80351110224678912"}},
        },
    });
    Sample::json("", body)
}
