use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::scheme::KeyDecoding;
use crate::{Header, Json, KeyRule, LabelSource, Provider, Scheme, Tolerance};

const ACKNOWLEDGEMENT: Acknowledgement = Acknowledgement {
    retries: "example schedule: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h; 410 disables",
    ..Acknowledgement::BASE
};

/// Standard Webhooks, symmetric: HMAC-SHA256 over `{id}.{timestamp}.{body}`. Svix sends the same under `svix-…`.
pub(crate) static STANDARD_WEBHOOKS: Provider = Provider {
    id: "standard-webhooks",
    name: "Standard Webhooks (v1)",
    documentation: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "HMAC-SHA256 of id, timestamp and body, `webhook-signature: v1,…`",
    tolerance: Some(Tolerance::DEFAULT),
    acknowledgement: ACKNOWLEDGEMENT,
    labels: ["`webhook-id`, signed", "`type`, signed", "none"],
    replay: "within the tolerance a replay is a duplicate by its signed id; later it is refused",
    ..Provider::BASE
};

/// Standard Webhooks, asymmetric: Ed25519 over the same bytes.
#[cfg(feature = "ed25519")]
pub(crate) static STANDARD_WEBHOOKS_V1A: Provider = Provider {
    id: "standard-webhooks-v1a",
    name: "Standard Webhooks (v1a)",
    scheme: scheme_v1a,
    proof: "Ed25519 over id, timestamp and body, `webhook-signature: v1a,…`",
    unverified: "no official library implements v1a; confirmed by the specification's text alone",
    ..STANDARD_WEBHOOKS
};

fn scheme() -> Scheme {
    common(Scheme::hmac_sha256(), "v1", "webhook-").or_prefix("webhook-", "svix-").key_rule(key_rule())
}

/// A secret as the specification has it.
pub(super) const fn key_rule() -> KeyRule {
    let expected = "the endpoint's secret, `whsec_` and base64 of 24 to 64 bytes";
    KeyRule::decoded(KeyDecoding::Base64After("whsec_"), 24, expected).usual_prefix("whsec_")
}

#[cfg(feature = "ed25519")]
fn scheme_v1a() -> Scheme {
    let expected = "the sender's public key, `whpk_` and base64 of 32 bytes";
    common(Scheme::new(crate::Algorithm::Ed25519), "v1a", "webhook-")
        .or_prefix("webhook-", "svix-")
        .key_rule(KeyRule::decoded(KeyDecoding::PublicKey("whpk_"), 32, expected))
}

/// The symmetric scheme, its headers named by `prefix`; the key's rule is the sender's.
#[cfg(feature = "standard")]
pub(super) fn symmetric(prefix: &str) -> Scheme {
    common(Scheme::hmac_sha256(), "v1", prefix)
}

fn common(scheme: Scheme, version: &str, prefix: &str) -> Scheme {
    let header = |name| Header::new(&format!("{prefix}{name}"));
    scheme
        .signed("{id}.{timestamp}.{body}")
        .signature(header("signature").list(' ').pair(',').item(version).base64())
        .timestamp(header("timestamp").unix_seconds())
        .id(header("id"))
        .event_id(LabelSource::SchemeId)
        .event_type(Json::pointer("/type"))
}
