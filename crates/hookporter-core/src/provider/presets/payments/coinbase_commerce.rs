use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Coinbase Commerce: HMAC-SHA256 of the body. The event is a member of the body; the outer `id` is the delivery's.
pub(super) static COINBASE_COMMERCE: Provider = Provider {
    id: "coinbase-commerce",
    name: "Coinbase Commerce",
    documentation: "https://docs.cdp.coinbase.com/commerce/api-arcitecture/webhooks-overview",
    evidence: EvidenceLevel::Official,
    unverified: "the success status and the retries",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-CC-Webhook-Signature` in hex",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "3 days with growing gaps of 1 h at the most",
        retry_for: Some(Duration::from_secs(3 * 24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`event.id`, signed", "`event.type`, signed", "`event.api_version`, signed"],
    replay: "no timestamp is judged: a replay is a duplicate by its signed id for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-cc-webhook-signature").hex())
        .key_rule(KeyRule::text(16, "the account's webhook shared secret"))
        .event_id(Json::pointer("/event/id"))
        .event_type(Json::pointer("/event/type"))
        .api_version(Json::pointer("/event/api_version"))
        .identity(Identity::SignedId)
}
