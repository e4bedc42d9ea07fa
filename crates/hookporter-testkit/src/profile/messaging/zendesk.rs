use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static ZENDESK: Profile = Profile {
    keys: TestKeys::shared("signing-secret-of-the-test", "signing-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("cbe4028c-7239-495d-b020-f22348516046");
    let body = json!({"id": id, "type": wanted.event_or("zen:event-type:user.created"), "account_id": 22_129_848, "subject": "zen:user:6596848315901", "time": "2022-06-27T10:57:58.290Z", "zendesk_event_version": "2022-06-20", "detail": {"id": "6596848315901"}});
    Sample::json(id, body).header("x-zendesk-webhook-id", "01GWQ9TH0F8CSDHJ83MBH5B1VF")
}
