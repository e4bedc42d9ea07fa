use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Zendesk: HMAC-SHA256 over `{timestamp}{body}` in base64; the timestamp is a date with a zone, so nothing can be
/// moved between it and the body. Webhooks by GET and DELETE sign an empty body.
///
/// The body of a webhook that a trigger sends is the user's own: its `id` may name a ticket, so it identifies nothing.
pub(super) static ZENDESK: Provider = Provider {
    id: "zendesk",
    name: "Zendesk",
    documentation: "https://developer.zendesk.com/documentation/webhooks/verifying/",
    evidence: EvidenceLevel::Official,
    unverified: "the time limit, the retries, and a tolerance: Zendesk names none",
    scheme,
    proof: "HMAC-SHA256 of timestamp and body, `X-Zendesk-Webhook-Signature` in base64",
    tolerance: Some(Tolerance::DEFAULT),
    methods: &["POST", "PUT", "PATCH", "GET", "DELETE"],
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(12)),
        retries: "up to 3, after 409, 429, or 503 with a `Retry-After` below 60 s",
        ..Acknowledgement::BASE
    },
    labels: ["`id`, signed, of event webhooks; it identifies nothing", "`type`, signed, of event webhooks", "none"],
    replay: "within the tolerance a replay has the same bytes and is a duplicate; later it is refused",
    event_headers: &["x-zendesk-account-id", "x-zendesk-webhook-id", "x-zendesk-webhook-invocation-id"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}{body}")
        .signature(Header::new("x-zendesk-webhook-signature").base64())
        .timestamp(Header::new("x-zendesk-webhook-signature-timestamp").rfc3339())
        .key_rule(KeyRule::text(16, "the webhook's signing secret"))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/type"))
        .identity(Identity::Digest)
}
