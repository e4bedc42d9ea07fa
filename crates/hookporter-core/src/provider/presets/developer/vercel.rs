use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Vercel: HMAC-SHA1 of the body. Its key is the webhook's secret, or for an integration the client secret.
pub(super) static VERCEL: Provider = Provider {
    id: "vercel",
    name: "Vercel",
    documentation: "https://vercel.com/docs/webhooks/webhooks-api",
    evidence: EvidenceLevel::ThirdParty,
    unverified: "the time limit and the retries",
    scheme,
    proof: "HMAC-SHA1 of the body, `x-vercel-signature` in hex",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(30)),
        retries: "up to 24 h with growing gaps",
        retry_for: Some(Duration::from_secs(24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`id`, signed", "`type`, signed", "none"],
    replay: "no timestamp is judged: a replay is a duplicate by its signed id for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha1()
        .signature(Header::new("x-vercel-signature").hex())
        .key_rule(KeyRule::text(16, "the webhook's secret, or the integration's client secret"))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/type"))
        .identity(Identity::SignedId)
}
