use std::time::Duration;

use crate::provider::handshake::known;
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Gzip, Header, Identity, Json, KeyRule, Provider, Scheme};

/// Nylas v3: HMAC-SHA256 of the body. A webhook with compressed delivery sends gzip and signs the compressed bytes, which
/// the feature `gzip` inflates once they are proven; without it such a body is refused.
pub(super) static NYLAS: Provider = Provider {
    id: "nylas",
    name: "Nylas v3",
    documentation: "https://developer.nylas.com/docs/v3/notifications/",
    evidence: EvidenceLevel::Official,
    unverified: "that the secret is used as it is shown, and how long a delivery may take",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Nylas-Signature` in hex",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "2 more on 408, 429, 502, 503, 504 and 507, the last 10 to 20 min after the first",
        retry_for: Some(Duration::from_secs(20 * 60)),
        ..Acknowledgement::BASE
    },
    handshakes: &[known::ECHO_OF_QUERY],
    labels: ["`id`, signed", "`type`, signed", "`specversion`, signed"],
    replay: "no timestamp is judged: a replay is a duplicate by its signed id while that is remembered, and taken again later",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-nylas-signature").hex())
        .gzip(Gzip::SignedCompressed)
        .key_rule(KeyRule::text(16, "the webhook secret that was shown when the webhook was made or rotated"))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/type"))
        .api_version(Json::pointer("/specversion"))
        .identity(Identity::SignedId)
}
