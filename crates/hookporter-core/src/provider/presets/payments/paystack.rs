use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Paystack: HMAC-SHA512 of the body. The key is the account's secret API key: who has it can do more than sign
/// webhooks.
pub(super) static PAYSTACK: Provider = Provider {
    id: "paystack",
    name: "Paystack",
    documentation: "https://paystack.com/docs/payments/webhooks/",
    evidence: EvidenceLevel::Quoted,
    scheme,
    proof: "HMAC-SHA512 of the body, `x-paystack-signature` in hex",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        time_limit: Some(Duration::from_secs(30)),
        retries: "live: every 3 min 4 times, then hourly for 72 h; test: hourly for 10 h",
        retry_for: Some(Duration::from_secs(72 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["none (`data.id` names the transaction)", "`event`, signed", "none"],
    replay: "no timestamp is signed: a replay has the same bytes and is a duplicate for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha512()
        .signature(Header::new("x-paystack-signature").hex())
        // The one sender whose signing key is its API key.
        .key_rule(KeyRule::text(16, "the account's secret key, `sk_live_…` or `sk_test_…`").usual_prefix("sk_"))
        .event_type(Json::pointer("/event"))
        .identity(Identity::Digest)
}
