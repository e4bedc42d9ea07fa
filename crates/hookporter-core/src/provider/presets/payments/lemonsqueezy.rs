use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Lemon Squeezy: HMAC-SHA256 of the body. No member of it names the event.
pub(super) static LEMONSQUEEZY: Provider = Provider {
    id: "lemonsqueezy",
    name: "Lemon Squeezy",
    documentation: "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
    evidence: EvidenceLevel::Official,
    unverified: "what identifies an event, and the retries",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Signature` in hex",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "3: after 5 s, 25 s and 125 s",
        ..Acknowledgement::BASE
    },
    labels: ["none (`data.id` names the object)", "`meta.event_name`, signed", "none"],
    replay: "no timestamp is signed: a replay has the same bytes and is a duplicate for as long as it is remembered",
    event_headers: &["x-event-name"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-signature").hex())
        .key_rule(KeyRule::text(6, "the signing secret that was set for the webhook, 6 to 40 characters"))
        .event_type(Json::pointer("/meta/event_name"))
        .identity(Identity::Digest)
}
