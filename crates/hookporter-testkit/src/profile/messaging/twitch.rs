use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static TWITCH: Profile =
    Profile { keys: TestKeys::shared("s3cRe7-of-the-test", "s3cRe7-of-another"), sample, ..Profile::BASE };

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("befa7b53-d79d-478f-86b9-120f112b044e");
    let body = json!({
        "subscription": {
            "id": "f1c2a387-161a-49f9-a165-0f21d7a4e1c4", "status": "enabled",
            "type": wanted.event_or("channel.follow"), "version": "2", "cost": 0,
            "condition": {"broadcaster_user_id": "12826"},
        },
        "event": {"user_id": "1337", "user_login": "awesome_user", "broadcaster_user_id": "12826"},
    });
    Sample::json(id, body)
        .header("twitch-eventsub-message-type", "notification")
        .header("twitch-eventsub-message-retry", "0")
        .header("twitch-eventsub-subscription-type", wanted.event_or("channel.follow"))
        .header("twitch-eventsub-subscription-version", "2")
}
