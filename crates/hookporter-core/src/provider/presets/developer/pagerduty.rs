use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// PagerDuty, webhooks v3: HMAC-SHA256 of the body; several `v1` while a rotated secret is still valid. Its test event
/// `pagey.ping` is handed off like any other.
pub(super) static PAGERDUTY: Provider = Provider {
    id: "pagerduty",
    name: "PagerDuty (v3)",
    documentation: "https://docs.pagerduty.com/developer/verifying-webhook-signatures",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit, the retries, and what the test event expects",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-PagerDuty-Signature: v1=…,v1=…`",
    // The SDK reads no more than 2 MB.
    body_limit: 2 * 1024 * 1024,
    acknowledgement: Acknowledgement {
        retries: "not documented; its SDK advises 400 or 403 for what is refused, so that it is not sent again",
        ..Acknowledgement::BASE
    },
    labels: ["`event.id`, signed", "`event.event_type`, signed", "none"],
    replay: "no timestamp is judged: a replay is a duplicate by its signed id for as long as it is remembered",
    event_headers: &["x-webhook-id"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-pagerduty-signature").list(',').item("v1").hex())
        .key_rule(KeyRule::text(16, "the subscription's signing secret, shown once when it is made"))
        .event_id(Json::pointer("/event/id"))
        .event_type(Json::pointer("/event/event_type"))
        .identity(Identity::SignedId)
}
