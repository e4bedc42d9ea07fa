use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static SENDGRID: Profile = Profile { keys: KEYS, sample, ..Profile::BASE };

const KEYS: TestKeys = TestKeys {
    // The private keys of RFC 8032 are scalars of P-256 as well.
    sender: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    receiver: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZn/vX3V4qAEDftFECS3PfHxE478+Cc/Ipn/PcPzYEjo6KXOeWYgkszrvgGjGBXovn6FmElPx6nmebvfOiaAEOA==",
    wrong: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA");
    let body = json!([{"email": "hello@world.com", "event": wanted.event_or("dropped"), "reason": "Bounced Address", "sg_event_id": id, "timestamp": wanted.sent.as_secs()}]);
    Sample::json(id, body)
}
