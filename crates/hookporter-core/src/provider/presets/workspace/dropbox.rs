use std::time::Duration;

use crate::provider::handshake::known;
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, KeyRule, Provider, Scheme};

/// Dropbox: HMAC-SHA256 of the body, which names accounts whose files changed, and nothing else.
pub(super) static DROPBOX: Provider = Provider {
    id: "dropbox",
    name: "Dropbox",
    documentation: "https://www.dropbox.com/developers/reference/webhooks",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit and the retries",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Dropbox-Signature` in hex",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        time_limit: Some(Duration::from_secs(10)),
        retries: "some, with growing gaps",
        ..Acknowledgement::BASE
    },
    handshakes: &[known::ECHO_OF_QUERY],
    labels: ["none (the same bytes tell of different changes)", "none", "none"],
    replay: "a captured request can be replayed for ever; all that it does is to have the accounts in it looked at again",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-dropbox-signature").hex())
        .key_rule(KeyRule::text(12, "the app secret, 15 letters and digits"))
        .identity(Identity::Distinct)
}
