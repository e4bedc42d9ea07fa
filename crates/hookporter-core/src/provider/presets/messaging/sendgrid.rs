use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Algorithm, Header, Identity, KeyRule, Provider, Scheme, Tolerance};

/// Twilio SendGrid's event webhook: ECDSA on P-256 over `{timestamp}{body}`. The body is a list of events and ends in a
/// line feed, which is signed.
///
/// No age is refused by its libraries, and it tries for a day, so a day is allowed; a replay within it is a duplicate
/// by its bytes.
pub(super) static SENDGRID: Provider = Provider {
    id: "sendgrid",
    name: "Twilio SendGrid",
    documentation: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event",
    evidence: EvidenceLevel::Sdk,
    unverified: "the retries, whether a retry is signed anew, and a tolerance: SendGrid names none",
    scheme,
    proof: "ECDSA P-256 with SHA-256 over timestamp and body, `X-Twilio-Email-Event-Webhook-Signature` in base64",
    tolerance: Some(Tolerance::of_secs(86_400, 300)),
    acknowledgement: Acknowledgement {
        retries: "24 h",
        retry_for: Some(Duration::from_secs(24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["none (`sg_event_id` of each event)", "none: a request holds several events", "none"],
    replay: "within the tolerance a replay has the same bytes and is a duplicate; later it is refused",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::new(Algorithm::EcdsaP256Der)
        .signed("{timestamp}{body}")
        .signature(Header::new("x-twilio-email-event-webhook-signature").base64())
        .timestamp(Header::new("x-twilio-email-event-webhook-timestamp").unix_seconds())
        .key_rule(KeyRule::public_key("the verification key of the event webhook's settings, in base64"))
        .identity(Identity::Digest)
}
