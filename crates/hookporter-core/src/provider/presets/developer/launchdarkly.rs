use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// LaunchDarkly: HMAC-SHA256 of the body. A webhook without a secret is not signed, and refused.
pub(super) static LAUNCHDARKLY: Provider = Provider {
    id: "launchdarkly",
    name: "LaunchDarkly",
    documentation: "https://launchdarkly.com/docs/home/infrastructure/webhooks",
    evidence: EvidenceLevel::Quoted,
    unverified: "that `_id` names the event, and the retry",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-LD-Signature` in hex",
    acknowledgement: Acknowledgement {
        retries: "one, about a minute later",
        retry_for: Some(Duration::from_secs(120)),
        ..Acknowledgement::BASE
    },
    labels: ["`_id`, signed", "`kind`, signed", "none"],
    replay: "no timestamp is judged: a replay is a duplicate by its signed id for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-ld-signature").hex())
        .key_rule(KeyRule::text(8, "the webhook's secret (an SDK key is `sdk-…`, an API token `api-…`)"))
        .event_id(Json::pointer("/_id"))
        .event_type(Json::pointer("/kind"))
        .identity(Identity::SignedId)
}
