use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// CircleCI: HMAC-SHA256 of the body. The header lists one signature for each version of the scheme; `v1` is the only one
/// there is, and others are passed over.
pub(super) static CIRCLECI: Provider = Provider {
    id: "circleci",
    name: "CircleCI",
    documentation: "https://circleci.com/docs/guides/integration/outbound-webhooks/",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "HMAC-SHA256 of the body, `circleci-signature: v1=…`",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(10)),
        retries: "at a later time, which is not documented",
        ..Acknowledgement::BASE
    },
    labels: ["`id`, signed", "`type`, signed", "none"],
    replay: "no timestamp is signed: a replay is a duplicate by its signed id for as long as it is remembered",
    event_headers: &["circleci-event-type"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("circleci-signature").list(',').item("v1").hex())
        .key_rule(KeyRule::text(8, "the webhook's secret token"))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/type"))
        .identity(Identity::SignedId)
}
