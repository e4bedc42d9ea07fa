use crate::provider::EvidenceLevel;
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Cal.com: HMAC-SHA256 of the body. A webhook without a secret carries `no-secret-provided` where the signature is to be,
/// and is refused.
///
/// With a template of one's own the body may be a form, and then has no event type.
pub(super) static CALCOM: Provider = Provider {
    id: "calcom",
    name: "Cal.com",
    documentation: "https://cal.com/docs/developing/guides/automation/webhooks",
    evidence: EvidenceLevel::Official,
    unverified: "the time limit and the retries",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Cal-Signature-256` in hex",
    labels: ["none", "`triggerEvent`, signed, in the default template", "none"],
    replay: "`createdAt` is not judged: a replay is known by the digest of its bytes for as long as the digest is kept",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-cal-signature-256").hex())
        .key_rule(KeyRule::text(8, "the webhook's secret, long and random"))
        .event_type(Json::pointer("/triggerEvent"))
        .identity(Identity::Digest)
}
