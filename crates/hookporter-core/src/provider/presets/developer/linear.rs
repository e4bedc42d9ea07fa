use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Linear: HMAC-SHA256 of the body, whose `webhookTimestamp` is judged once the proof holds. The header
/// `Linear-Timestamp` is not covered by the proof and not looked at.
pub(super) static LINEAR: Provider = Provider {
    id: "linear",
    name: "Linear",
    documentation: "https://linear.app/developers/webhooks",
    evidence: EvidenceLevel::Sdk,
    scheme,
    proof: "HMAC-SHA256 of the body, `Linear-Signature` in hex; the body's `webhookTimestamp` in milliseconds",
    tolerance: Some(Tolerance::of_secs(60, 60)),
    // What Linear's SDK reads at the most.
    body_limit: 5 * 1024 * 1024,
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        time_limit: Some(Duration::from_secs(5)),
        retries: "3: after 1 min, 1 h and 6 h; then the webhook may be disabled",
        retry_for: Some(Duration::from_secs(8 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`Linear-Delivery`, unsigned", "`type`, signed", "none"],
    replay: "within the tolerance a replay with the same id is a duplicate, one with another id is taken again; later it is refused. A retry has a timestamp of its own, so it is no duplicate: know it by `Linear-Delivery`",
    event_headers: &["linear-delivery", "linear-event"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("linear-signature").hex())
        .timestamp(Json::pointer("/webhookTimestamp").unix_millis())
        .key_rule(KeyRule::text(16, "the webhook's signing secret (an API key is `lin_api_…`)"))
        .event_id(Header::new("linear-delivery"))
        .event_type(Json::pointer("/type"))
        .identity(Identity::UnsignedIdWithDigest)
}
