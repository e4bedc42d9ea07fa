use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Knock: HMAC-SHA256 over `{t}.{body}` in base64; `t` is in milliseconds.
pub(super) static KNOCK: Provider = Provider {
    id: "knock",
    name: "Knock",
    documentation: "https://docs.knock.app/developer-tools/outbound-webhooks/overview",
    evidence: EvidenceLevel::Official,
    unverified: "that `id` names the event",
    scheme,
    proof: "HMAC-SHA256 of timestamp and body, `x-knock-signature: t=…,s=…`",
    tolerance: Some(Tolerance::DEFAULT),
    acknowledgement: Acknowledgement {
        retries: "8 attempts, after any status of 300 or more",
        ..Acknowledgement::BASE
    },
    labels: ["`id`, signed", "`type`, signed", "none"],
    replay: "within the tolerance a replay is a duplicate by its signed event id; later it is refused",
    event_headers: &["x-knock-event"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(Header::new("x-knock-signature").list(',').item("s").base64())
        .timestamp(Header::new("x-knock-signature").list(',').item("t").unix_millis())
        .key_rule(KeyRule::text(16, "the webhook's signing key (an API key is `sk_…`)"))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/type"))
        .identity(Identity::SignedId)
}
