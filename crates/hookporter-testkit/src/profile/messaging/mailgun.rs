use serde_json::json;
use sha2::{Digest, Sha256};

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static MAILGUN: Profile = Profile {
    keys: TestKeys::shared("d2b1a0c9f8e7d6c5b4a3928170f6e5d4", "0123456789abcdef0123456789abcdef"),
    sample,
    proof: Some(Proof::Detached),
    ..Profile::BASE
};

/// The token is another one for every event.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("CPgfbmQMTCKtHW6uIWtuVe");
    let digest = Sha256::digest(id.as_bytes());
    let token: String = digest.iter().take(25).map(|byte| format!("{byte:02x}")).collect();
    let body = json!({
        "signature": {"token": token},
        "event-data": {
            "event": wanted.event_or("delivered"), "id": id, "timestamp": wanted.sent.as_secs(),
            "recipient": "alice@example.com", "message": {"headers": {"message-id": "20231114.1.9e1@mg.example.com"}},
        },
    });
    Sample::json(id, body)
}
