use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, KeyRule, Provider, Scheme};

/// Pusher Channels: HMAC-SHA256 of the body. `X-Pusher-Key` names the token whose secret signs; a key counts only where
/// it is named. `time_ms` in the body is a hint: it is not judged.
pub(super) static PUSHER: Provider = Provider {
    id: "pusher",
    name: "Pusher Channels",
    documentation: "https://pusher.com/docs/channels/server_api/webhooks/",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Pusher-Signature` in hex, with the key that `X-Pusher-Key` names",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(4)),
        retries: "5 min with growing gaps",
        retry_for: Some(Duration::from_secs(5 * 60)),
        ..Acknowledgement::BASE
    },
    labels: ["none", "none: a request holds several events (`events`)", "none"],
    replay: "no timestamp is signed: a replay has the same bytes and is a duplicate for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-pusher-signature").hex())
        .key_header("x-pusher-key", "key")
        .key_rule(
            KeyRule::text(16, "the app's key and secret as `{\"key\":…,\"secret\":…}`").compound("secret", &["key"]),
        )
        .identity(Identity::Digest)
}
