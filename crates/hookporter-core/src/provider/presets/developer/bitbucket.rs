use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, KeyRule, Provider, Scheme};

/// Bitbucket Cloud: HMAC-SHA256 of the body under the name of its algorithm, `sha256`, the only one that is taken.
pub(super) static BITBUCKET: Provider = Provider {
    id: "bitbucket",
    name: "Bitbucket Cloud",
    documentation: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
    evidence: EvidenceLevel::Quoted,
    unverified: "the time limit and the retries",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Hub-Signature: sha256=…`",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(10)),
        retries: "2 more attempts, counted in `X-Attempt-Number`",
        ..Acknowledgement::BASE
    },
    labels: ["`X-Request-UUID`, unsigned", "`X-Event-Key`, unsigned", "none"],
    replay: "no timestamp is signed: a replay with the same id is a duplicate while it is remembered; one with another id is taken again",
    event_headers: &["x-event-key", "x-request-uuid", "x-hook-uuid", "x-attempt-number"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-hub-signature").algorithm("sha256").hex())
        .key_rule(KeyRule::text(8, "the webhook's secret, long and random"))
        .event_id(Header::new("x-request-uuid"))
        .event_type(Header::new("x-event-key"))
        .identity(Identity::UnsignedIdWithDigest)
}
