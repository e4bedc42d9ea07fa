use crate::provider::EvidenceLevel;
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Fastly's Next-Gen WAF, its generic webhook: HMAC of the body. Only the header's name is confirmed: try it with a real
/// request before relying on it.
pub(super) static FASTLY: Provider = Provider {
    id: "fastly",
    name: "Fastly Next-Gen WAF",
    documentation: "https://www.fastly.com/documentation/guides/next-gen-waf/integrations/generic-webhooks/",
    evidence: EvidenceLevel::Unverified,
    unverified: "the algorithm, the encoding of the signature and the success statuses; the header's name is official",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-SigSci-Signature` in hex",
    labels: ["none", "`type`, signed", "none"],
    replay: "nothing names an event and no timestamp is judged: a replay is taken again, at any time",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-sigsci-signature").hex())
        .key_rule(KeyRule::text(16, "the integration's signing key"))
        .event_type(Json::pointer("/type"))
        .identity(Identity::Distinct)
}
