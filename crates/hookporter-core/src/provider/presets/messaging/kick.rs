use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Algorithm, Header, Identity, KeyRule, LabelSource, Provider, Scheme, Tolerance};

/// Kick: RSA over `{id}.{timestamp}.{body}` with the key that Kick publishes for everybody.
pub(super) static KICK: Provider = Provider {
    id: "kick",
    name: "Kick",
    documentation: "https://docs.kick.com/events/webhook-security",
    evidence: EvidenceLevel::Official,
    unverified: "the success status, and a tolerance: Kick names none",
    scheme,
    proof: "RSA PKCS#1 v1.5 with SHA-256 over id, timestamp and body, `Kick-Event-Signature` in base64",
    tolerance: Some(Tolerance::DEFAULT),
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "not documented; a day of failures ends the subscription",
        ..Acknowledgement::BASE
    },
    labels: ["`Kick-Event-Message-Id`, signed", "`Kick-Event-Type`, unsigned", "`Kick-Event-Version`, unsigned"],
    replay: "within the tolerance a replay is a duplicate by its signed event id; later it is refused",
    event_headers: &["kick-event-type", "kick-event-version", "kick-event-subscription-id"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::new(Algorithm::RsaPkcs1Sha256)
        .signed("{id}.{timestamp}.{body}")
        .signature(Header::new("kick-event-signature").base64())
        .timestamp(Header::new("kick-event-message-timestamp").rfc3339())
        .id(Header::new("kick-event-message-id"))
        .key_rule(KeyRule::public_key("the public key that Kick publishes, in PEM").compound("public_key_pem", &[]))
        .event_id(LabelSource::SchemeId)
        .event_type(Header::new("kick-event-type"))
        .api_version(Header::new("kick-event-version"))
        .identity(Identity::SignedId)
}
