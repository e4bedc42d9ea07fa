use std::time::Duration;

use crate::provider::handshake::{HandshakeRule, ProofDemand};
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Trello: HMAC-SHA1 over the body and the callback URL, run together.
///
/// Nothing separates the two, so the URL's query must be the configured one. When a webhook is made, Trello asks with
/// `HEAD` (and with `GET`) whether there is anybody.
pub(super) static TRELLO: Provider = Provider {
    id: "trello",
    name: "Trello",
    documentation: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
    evidence: EvidenceLevel::Quoted,
    scheme,
    proof: "HMAC-SHA1 of the body and the callback URL, `X-Trello-Webhook` in base64",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "3: after 30 s, 60 s and 120 s; disabled after repeated failures",
        retry_for: Some(Duration::from_secs(210)),
        ..Acknowledgement::BASE
    },
    handshakes: &[
        HandshakeRule { method: "HEAD", proof: ProofDemand::Ignored, ..HandshakeRule::BASE },
        HandshakeRule { method: "GET", proof: ProofDemand::Ignored, ..HandshakeRule::BASE },
    ],
    labels: ["`action.id`, signed", "`action.type`, signed", "none"],
    replay: "no timestamp is signed: a replay is a duplicate by its signed id while that is remembered, and taken again later",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha1()
        .signed("{body}{url}")
        .signature(Header::new("x-trello-webhook").base64())
        .key_rule(KeyRule::text(16, "the application's OAuth secret, 64 hexadecimal digits (not the API key)"))
        .event_id(Json::pointer("/action/id"))
        .event_type(Json::pointer("/action/type"))
        .identity(Identity::SignedId)
}
