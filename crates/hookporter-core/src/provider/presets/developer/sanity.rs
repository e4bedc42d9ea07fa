use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, KeyRule, Provider, Scheme, Tolerance};

/// Sanity's GROQ webhooks: HMAC-SHA256 over `{t}.{body}` in URL-safe base64; `t` is in milliseconds. The body is whatever
/// the webhook's projection makes of a document.
pub(super) static SANITY: Provider = Provider {
    id: "sanity",
    name: "Sanity",
    documentation: "https://www.sanity.io/docs/content-lake/webhooks",
    evidence: EvidenceLevel::Sdk,
    unverified: "that `idempotency-key` names the event; no tolerance is documented, and the SDK judges no age",
    scheme,
    proof: "HMAC-SHA256 of timestamp and body, `sanity-webhook-signature: t=…,v1=…`",
    tolerance: Some(Tolerance::DEFAULT),
    acknowledgement: Acknowledgement {
        retries: "2, each after 30 s, after 429 and 5xx only",
        retry_for: Some(Duration::from_secs(300)),
        ..Acknowledgement::BASE
    },
    labels: ["`idempotency-key`, unsigned", "none", "none"],
    replay: "within the tolerance a replay with the same id is a duplicate, one with another id is taken again; later it is refused",
    event_headers: &[
        "idempotency-key",
        "sanity-transaction-id",
        "sanity-transaction-time",
        "sanity-operation",
        "sanity-document-id",
        "sanity-project-id",
        "sanity-dataset",
        "sanity-webhook-id",
    ],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(Header::new("sanity-webhook-signature").list(',').item("v1").base64url())
        .timestamp(Header::new("sanity-webhook-signature").list(',').item("t").unix_millis())
        .key_rule(KeyRule::text(16, "the webhook's secret, long and random"))
        .event_id(Header::new("idempotency-key"))
        .identity(Identity::UnsignedIdWithDigest)
}
