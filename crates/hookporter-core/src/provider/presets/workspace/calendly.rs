use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Calendly: HMAC-SHA256 over `{t}.{body}`. Events have no id; a digest tells them apart.
pub(super) static CALENDLY: Provider = Provider {
    id: "calendly",
    name: "Calendly",
    documentation: "https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures",
    evidence: EvidenceLevel::Quoted,
    unverified: "the retries",
    scheme,
    proof: "HMAC-SHA256 of timestamp and body, `Calendly-Webhook-Signature: t=…,v1=…`",
    // Three minutes are what Calendly's own sample allows.
    tolerance: Some(Tolerance::of_secs(180, 180)),
    acknowledgement: Acknowledgement {
        retries: "up to 24 h with growing gaps",
        retry_for: Some(Duration::from_secs(24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["none", "`event`, signed", "none"],
    replay: "within the tolerance a replay is known by the digest of its bytes; later it is refused. A retry that is signed again is no duplicate",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(Header::new("calendly-webhook-signature").list(',').item("v1").hex())
        .timestamp(Header::new("calendly-webhook-signature").list(',').item("t").unix_seconds())
        .key_rule(KeyRule::text(16, "the subscription's signing key"))
        .event_type(Json::pointer("/event"))
        .identity(Identity::Digest)
}
