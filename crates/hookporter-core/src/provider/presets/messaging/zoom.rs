use std::time::Duration;

use crate::provider::handshake::{Answer, ECHO, HandshakeRule, Piece, ProofDemand, Source, When};
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Encoding, Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Zoom: HMAC-SHA256 over `v0:{timestamp}:{body}`.
///
/// Its challenge, repeated every 72 h, is reported both signed and unsigned: a wrong signature is refused, a missing
/// one is not. The answer is a MAC under the key that signs events, so a challenge with a colon in it, which every
/// signed message has, is refused.
pub(super) static ZOOM: Provider = Provider {
    id: "zoom",
    name: "Zoom",
    documentation: "https://developers.zoom.us/docs/api/webhooks/",
    evidence: EvidenceLevel::Official,
    unverified: "no tolerance is documented; 2 h are allowed, since it is not said whether a retry is signed anew",
    scheme,
    proof: "HMAC-SHA256 of `v0:{timestamp}:{body}`, `x-zm-signature: v0=…`",
    tolerance: Some(Tolerance::of_secs(7200, 300)),
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200, 204]),
        time_limit: Some(Duration::from_secs(3)),
        retries: "3: after 5 min, then 20 min, then 60 min",
        ..Acknowledgement::BASE
    },
    handshakes: &[HandshakeRule {
        proof: ProofDemand::HeldOrAbsent,
        when: &[When::Is(Source::Json("/event"), "endpoint.url_validation")],
        challenge: Some(Source::Json("/payload/plainToken")),
        answer: Answer::Json(&[("plainToken", ECHO), ("encryptedToken", &[Piece::Mac(Encoding::Hex)])]),
        ..HandshakeRule::BASE
    }],
    labels: ["none (the bytes identify an event)", "`event`, signed", "none"],
    replay: "within the tolerance a replay is a duplicate by its bytes; later it is refused",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("v0:{timestamp}:{body}")
        .signature(Header::new("x-zm-signature").prefix("v0=").hex())
        .timestamp(Header::new("x-zm-request-timestamp").unix_seconds())
        .key_rule(KeyRule::text(16, "the app's secret token, some 22 letters and digits"))
        .event_type(Json::pointer("/event"))
        .identity(Identity::Digest)
}
