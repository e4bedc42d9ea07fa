use crate::provider::EvidenceLevel;
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Coinbase Developer Platform: HMAC-SHA256 over `{t}.{body}` as `v0`. Items of other names (`h`, `v1`, which binds
/// headers too) are skipped: a request with `v1` alone is refused.
pub(super) static COINBASE_CDP: Provider = Provider {
    id: "coinbase-cdp",
    name: "Coinbase CDP",
    documentation: "https://docs.cdp.coinbase.com/webhooks/verify-signatures",
    evidence: EvidenceLevel::ThirdParty,
    unverified: "that `id` names the event, and the success status",
    scheme,
    proof: "HMAC-SHA256 of timestamp and body, `X-Hook0-Signature: t=…,v0=…`",
    tolerance: Some(Tolerance::DEFAULT),
    labels: ["`id`, signed; not known to be unique, so it identifies nothing", "none", "none"],
    replay: "within the tolerance a replay has the same bytes and is a duplicate; later it is refused",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(Header::new("x-hook0-signature").list(',').item("v0").hex())
        .timestamp(Header::new("x-hook0-signature").list(',').item("t").unix_seconds())
        .key_rule(KeyRule::text(16, "the webhook subscription's secret"))
        .event_id(Json::pointer("/id"))
        .identity(Identity::Digest)
}
