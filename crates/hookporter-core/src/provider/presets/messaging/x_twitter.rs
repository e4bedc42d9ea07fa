use crate::provider::handshake::{Answer, HandshakeRule, Piece, ProofDemand, Source, When};
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Encoding, Header, Identity, KeyRule, Provider, Scheme};

/// X (Twitter): HMAC-SHA256 of the body in base64.
///
/// An event's type is the name of a member at the top of the body. The challenge asks for a MAC under the very key that signs bodies. So no text that a challenge may have is taken for
/// a body, and no body's text is signed as a challenge.
pub(super) static X_TWITTER: Provider = Provider {
    id: "x-twitter",
    name: "X (Twitter)",
    documentation: "https://docs.x.com/x-api/webhooks/quickstart",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "HMAC-SHA256 of the body, `x-twitter-webhooks-signature: sha256=…` in base64",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "none documented",
        ..Acknowledgement::BASE
    },
    handshakes: &[HandshakeRule {
        method: "GET",
        proof: ProofDemand::Ignored,
        when: &[When::There(Source::Query("crc_token"))],
        challenge: Some(Source::Query("crc_token")),
        answer: Answer::Json(&[("response_token", &[Piece::Text("sha256="), Piece::Mac(Encoding::Base64)])]),
        ..HandshakeRule::BASE
    }],
    labels: ["none (the bytes identify an event)", "none", "none"],
    replay: "no timestamp is signed: a replay is a duplicate by its bytes while they are remembered, and taken again later",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-twitter-webhooks-signature").prefix("sha256=").base64())
        .key_rule(KeyRule::text(16, "the app's consumer secret (API key secret), some 50 letters and digits"))
        .identity(Identity::Digest)
}
