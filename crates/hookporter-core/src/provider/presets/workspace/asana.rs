use std::time::Duration;

use crate::provider::handshake::{Answer, Guard, HandshakeRule, Piece, ProofDemand, Source, When};
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Asana: HMAC-SHA256 of the body, under the secret that Asana hands over when a webhook is made.
///
/// Nothing proves that the hand-over comes from Asana: whoever calls the URL can offer a secret. The user's hook is to
/// take one only while a webhook is being made, and never in place of one that it has.
pub(super) static ASANA: Provider = Provider {
    id: "asana",
    name: "Asana",
    documentation: "https://developers.asana.com/docs/webhooks-guide",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit, the retries, and whether events have ids",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Hook-Signature` in hex",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200, 204]),
        time_limit: Some(Duration::from_secs(10)),
        retries: "up to 24 h with growing gaps",
        retry_for: Some(Duration::from_secs(24 * 3600)),
        ..Acknowledgement::BASE
    },
    handshakes: &[HandshakeRule {
        proof: ProofDemand::Absent,
        when: &[When::There(Source::Header("x-hook-secret"))],
        challenge: Some(Source::Header("x-hook-secret")),
        guard: Guard { least: 16, ..Guard::TOKEN },
        hands_over_secret: true,
        answer: Answer::Headers(&[("x-hook-secret", Piece::Challenge)]),
        ..HandshakeRule::BASE
    }],
    labels: ["none (a heartbeat is the same every time)", "`events[0].action`, signed", "none"],
    replay: "no timestamp is signed: a captured request can be replayed for ever, and is taken each time",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-hook-signature").hex())
        .key_rule(KeyRule::text(16, "the secret that came in `X-Hook-Secret` when the webhook was made"))
        .event_type(Json::pointer("/events/0/action"))
        .identity(Identity::Distinct)
}
