use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, KeyRule, Provider, Scheme};

/// LINE's Messaging API: HMAC-SHA256 of the body in base64. The check of a URL in the console is a signed request
/// without events.
pub(super) static LINE: Provider = Provider {
    id: "line",
    name: "LINE Messaging API",
    documentation: "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
    evidence: EvidenceLevel::Sdk,
    unverified: "the redelivery, and that `webhookEventId` names an event",
    scheme,
    proof: "HMAC-SHA256 of the body, `x-line-signature` in base64",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "redelivery, where it is switched on",
        ..Acknowledgement::BASE
    },
    labels: ["none (`events[].webhookEventId`)", "none: a request holds several events (`events`)", "none"],
    replay: "no timestamp is signed: a replay has the same bytes and is a duplicate for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-line-signature").base64())
        .key_rule(KeyRule::text(16, "the channel secret, 32 hexadecimal digits (not the channel access token)"))
        .identity(Identity::Digest)
}
