use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Square: HMAC-SHA256 over the notification URL and the body, with nothing between them. So the URL is the configured
/// one with its query: bytes of a body could otherwise be moved into the query.
pub(super) static SQUARE: Provider = Provider {
    id: "square",
    name: "Square",
    documentation: "https://developer.squareup.com/docs/webhooks/step3validate",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit, the retries, and a header with the API version",
    scheme,
    proof: "HMAC-SHA256 of the notification URL and the body, `x-square-hmacsha256-signature` in base64",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(10)),
        retries: "up to 11 within 24 h",
        retry_for: Some(Duration::from_secs(24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`event_id`, signed", "`type`, signed", "none"],
    replay: "`created_at` is that of the event and not judged: a replay is a duplicate while its signed id is remembered, later it is taken again",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{url}{body}")
        .signature(Header::new("x-square-hmacsha256-signature").base64())
        .key_rule(KeyRule::text(16, "the subscription's signature key, about 22 characters"))
        .event_id(Json::pointer("/event_id"))
        .event_type(Json::pointer("/type"))
        .identity(Identity::SignedId)
}
