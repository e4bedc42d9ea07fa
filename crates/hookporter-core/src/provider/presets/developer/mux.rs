use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Mux: HMAC-SHA256 over `{t}.{body}`; several `v1` are taken.
pub(super) static MUX: Provider = Provider {
    id: "mux",
    name: "Mux",
    documentation: "https://www.mux.com/docs/core/verify-webhook-signatures",
    evidence: EvidenceLevel::Sdk,
    unverified: "the retries",
    scheme,
    proof: "HMAC-SHA256 of timestamp and body, `Mux-Signature: t=…,v1=…`",
    // The SDK refuses the past only; a signed moment far ahead would be replayable until then.
    tolerance: Some(Tolerance::DEFAULT),
    acknowledgement: Acknowledgement {
        retries: "up to 24 h",
        retry_for: Some(Duration::from_secs(24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`id`, signed", "`type`, signed", "none"],
    replay: "within the tolerance a replay is a duplicate by its signed event id; later it is refused",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(Header::new("mux-signature").list(',').item("v1").hex())
        .timestamp(Header::new("mux-signature").list(',').item("t").unix_seconds())
        .key_rule(KeyRule::text(16, "the webhook's signing secret"))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/type"))
        .identity(Identity::SignedId)
}
