use crate::provider::handshake::{Answer, ECHO, HandshakeRule, ProofDemand, Source, When};
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Meta (Facebook, Instagram, WhatsApp, Messenger, Threads): HMAC-SHA256 of the body as it was sent, `\uXXXX` and all.
///
/// Its challenge is answered only where the endpoint has the verify token that was typed into the app's dashboard.
pub(super) static META: Provider = Provider {
    id: "meta",
    name: "Meta",
    documentation: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Hub-Signature-256: sha256=…`",
    // Up to 1000 updates come in one body.
    body_limit: 4 * 1024 * 1024,
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "at once, then ever more seldom for 36 h (WhatsApp: for up to 7 days)",
        retry_for: Some(std::time::Duration::from_secs(7 * 24 * 3600)),
        ..Acknowledgement::BASE
    },
    handshakes: &[HandshakeRule {
        method: "GET",
        proof: ProofDemand::Ignored,
        when: &[When::Is(Source::Query("hub.mode"), "subscribe")],
        challenge: Some(Source::Query("hub.challenge")),
        verify_token: Some(Source::Query("hub.verify_token")),
        answer: Answer::Text(ECHO),
        ..HandshakeRule::BASE
    }],
    labels: ["none (the bytes identify an event)", "`object`, signed", "none (set in the app)"],
    replay: "no timestamp is signed: a replay is a duplicate by its bytes while they are remembered, and taken again later",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-hub-signature-256").prefix("sha256=").hex())
        .key_rule(KeyRule::text(16, "the app secret, 32 hexadecimal digits (the verify token is a setting of its own)"))
        .event_type(Json::pointer("/object"))
        .identity(Identity::Digest)
}
