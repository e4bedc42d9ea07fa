use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Checkout.com: HMAC-SHA256 of the body. A key in `Authorization`, which may be set beside it, is not looked at.
pub(super) static CHECKOUT_COM: Provider = Provider {
    id: "checkout-com",
    name: "Checkout.com",
    documentation: "https://www.checkout.com/docs/workflows",
    evidence: EvidenceLevel::Official,
    unverified: "the time limit, and that `version` is the API version",
    scheme,
    proof: "HMAC-SHA256 of the body, `Cko-Signature` in hex",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(10)),
        retries: "8 over 30 h, with growing gaps",
        retry_for: Some(Duration::from_secs(30 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`id`, signed", "`type`, signed", "`version`, signed"],
    replay: "no timestamp is judged: a replay is a duplicate by its signed id for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("cko-signature").hex())
        .key_rule(KeyRule::text(16, "the signature key of the workflow's webhook action"))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/type"))
        .api_version(Json::pointer("/version"))
        .identity(Identity::SignedId)
}
