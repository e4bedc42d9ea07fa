use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// SuperOffice: HMAC-SHA256 of the body in base64. Too many errors switch the webhook off (`TooManyErrors`).
pub(crate) static SUPEROFFICE: Provider = Provider {
    id: "superoffice",
    name: "SuperOffice",
    documentation: "https://docs.superoffice.com/en/automation/webhook/dev/security.html",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "HMAC-SHA256 of the body, `X-SuperOffice-Signature` in base64",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "7 attempts, then the webhook is switched off",
        ..Acknowledgement::BASE
    },
    labels: ["`EventId`, signed", "`Event`, signed", "none"],
    replay: "the signed `EventId` makes a replay a duplicate for as long as it is remembered; its `Timestamp` is not judged",
    // Documented samples disagree between header and body; the body is signed, so it decides.
    event_headers: &["x-superoffice-event", "x-superoffice-eventid", "x-hook-test"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-superoffice-signature").base64())
        .key_rule(KeyRule::text(8, "the secret that the webhook was registered with"))
        .event_id(Json::pointer("/EventId"))
        .event_type(Json::pointer("/Event"))
        .identity(Identity::SignedId)
}
