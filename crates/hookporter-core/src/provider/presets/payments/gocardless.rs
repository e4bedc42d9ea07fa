use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// GoCardless: HMAC-SHA256 of the body, which holds a list of events. It wants 498 for a bad signature.
pub(super) static GOCARDLESS: Provider = Provider {
    id: "gocardless",
    name: "GoCardless",
    documentation: "https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit, the retries, and where the API version is",
    scheme,
    proof: "HMAC-SHA256 of the body, `Webhook-Signature` in hex",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(10)),
        retries: "up to 8",
        ..Acknowledgement::BASE
    },
    refusal_status: 498,
    labels: [
        "`meta.webhook_id`, signed; the request is identified by its bytes",
        "none: a request holds several events (`events`)",
        "none",
    ],
    replay: "no timestamp is signed: a replay has the same bytes and is a duplicate for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("webhook-signature").hex())
        .key_rule(KeyRule::text(16, "the webhook endpoint's secret"))
        .event_id(Json::pointer("/meta/webhook_id"))
        .identity(Identity::Digest)
}
