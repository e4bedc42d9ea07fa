use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Razorpay: HMAC-SHA256 of the body. The id is a header that the proof does not cover.
pub(super) static RAZORPAY: Provider = Provider {
    id: "razorpay",
    name: "Razorpay",
    documentation: "https://razorpay.com/docs/webhooks/validate-test/",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit and the retries",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Razorpay-Signature` in hex",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(5)),
        retries: "24 h with growing gaps, then the webhook is disabled",
        retry_for: Some(Duration::from_secs(24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`x-razorpay-event-id`, unsigned", "`event`, signed", "none"],
    replay: "no timestamp is judged: a replay with the same id is a duplicate while it is remembered; one with another id is taken again",
    event_headers: &["x-razorpay-event-id"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-razorpay-signature").hex())
        .key_rule(KeyRule::text(8, "the secret that was set for the webhook (not the API key's)"))
        .event_id(Header::new("x-razorpay-event-id"))
        .event_type(Json::pointer("/event"))
        .identity(Identity::UnsignedIdWithDigest)
}
