use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Paddle Billing: HMAC-SHA256 over `{ts}:{body}`; several `h1` while a secret is rotated, items of other names are
/// skipped.
///
/// Five seconds is what Paddle's own libraries allow. A clock that runs a few seconds fast refuses real deliveries:
/// keep it in step, or widen the tolerance.
pub(super) static PADDLE: Provider = Provider {
    id: "paddle",
    name: "Paddle Billing",
    documentation: "https://developer.paddle.com/webhooks/about/signature-verification/",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit and the retries",
    scheme,
    proof: "HMAC-SHA256 of timestamp and body, `Paddle-Signature: ts=…;h1=…`",
    // One library refuses the past only, another both directions.
    tolerance: Some(Tolerance::of_secs(5, 5)),
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(5)),
        retries: "live: 60 in 3 days; sandbox: 3 in 15 min",
        retry_for: Some(Duration::from_secs(3 * 24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`event_id`, signed", "`event_type`, signed", "none"],
    replay: "within the tolerance a replay is a duplicate by its signed event id; later it is refused",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}:{body}")
        .signature(Header::new("paddle-signature").list(';').item("h1").hex())
        .timestamp(Header::new("paddle-signature").list(';').item("ts").unix_seconds())
        .key_rule(
            KeyRule::text(16, "the notification destination's secret key, `pdl_ntfset_…`").usual_prefix("pdl_ntfset_"),
        )
        .event_id(Json::pointer("/event_id"))
        .event_type(Json::pointer("/event_type"))
        .identity(Identity::SignedId)
}
