use serde_json::json;

use crate::keys::TestKeys;
use crate::profile::{Profile, Sample, Wanted};

pub(crate) static MAILCHANNELS: Profile = Profile { keys: KEYS, sample, ..Profile::BASE };

/// RFC 8032, section 7.1: tests 1 and 2; the public key as MailChannels writes it.
const KEYS: TestKeys = TestKeys {
    sender: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    receiver: "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    wrong: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
};

/// A batch of one event.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("wBLWrCnK0Z965pf-cgxhNg8bo5s=");
    let event = json!({
        "email": "sender@example.com", "customer_handle": "abc123", "timestamp": wanted.sent.as_secs(),
        "event": wanted.event_or("delivered"), "request_id": id,
    });
    Sample::json(id, json!([event]))
}
