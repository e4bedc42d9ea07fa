use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Jira, webhooks that an administrator registered: HMAC-SHA256 of the body. The header names the algorithm, and another
/// one than `sha256` is refused as unsupported. Connect apps get a token instead, which this preset does not take.
pub(super) static JIRA: Provider = Provider {
    id: "jira",
    name: "Jira (admin webhooks)",
    documentation: "https://developer.atlassian.com/cloud/jira/platform/webhooks/",
    evidence: EvidenceLevel::Quoted,
    unverified: "the time limit and the retries",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Hub-Signature: sha256=…`",
    acknowledgement: Acknowledgement {
        retries: "some, counted in `X-Atlassian-Webhook-Retry`",
        ..Acknowledgement::BASE
    },
    labels: ["`X-Atlassian-Webhook-Identifier`, unsigned", "`webhookEvent`, signed", "none"],
    replay: "no timestamp is judged: a replay with the same id is a duplicate while it is remembered; one with another id is taken again",
    event_headers: &["x-atlassian-webhook-identifier", "x-atlassian-webhook-retry"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-hub-signature").algorithm("sha256").hex())
        .key_rule(KeyRule::text(8, "the webhook's secret, long and random"))
        .event_id(Header::new("x-atlassian-webhook-identifier"))
        .event_type(Json::pointer("/webhookEvent"))
        .identity(Identity::UnsignedIdWithDigest)
}
