use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::scheme::KeyDecoding;
use crate::{Header, Identity, KeyRule, Provider, Scheme};

/// Airtable: HMAC-SHA256 of the body, in hex. A request only says that something changed: the changes are fetched.
pub(super) static AIRTABLE: Provider = Provider {
    id: "airtable",
    name: "Airtable",
    documentation: "https://airtable.com/developers/web/api/webhooks-overview",
    evidence: EvidenceLevel::Quoted,
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Airtable-Content-MAC: hmac-sha256=…`",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200, 204]),
        time_limit: Some(Duration::from_secs(25)),
        retries: "13, with growing gaps from 10 s, for about 24 h",
        retry_for: Some(Duration::from_secs(24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["none", "none", "none"],
    replay: "its `timestamp` is not judged: a replay is known by the digest of its bytes for as long as the digest is kept, and says nothing but that there is something to fetch",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-airtable-content-mac").prefix("hmac-sha256=").hex())
        .key_rule(KeyRule::decoded(
            KeyDecoding::Base64After(""),
            16,
            "the webhook's `macSecretBase64`, as the API returned it",
        ))
        .identity(Identity::Digest)
}
