use crate::provider::handshake::{Answer, ECHO, HandshakeRule, Source, When};
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, LabelSource, Provider, Scheme, Tolerance};

/// Twitch EventSub: HMAC-SHA256 over `{id}{timestamp}{body}`; its challenge is signed like everything else.
///
/// The kind of a message (notification, challenge, revocation) is a header that the proof does not cover, so a challenge
/// is known by its body. A revocation is handed off like an event, with the reason in `subscription.status`.
pub(super) static TWITCH: Provider = Provider {
    id: "twitch",
    name: "Twitch EventSub",
    documentation: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
    evidence: EvidenceLevel::Official,
    unverified: "the tolerance of 10 min, and how long Twitch waits (\"a few seconds\")",
    scheme,
    proof: "HMAC-SHA256 of id, timestamp and body, `Twitch-Eventsub-Message-Signature: sha256=…`",
    tolerance: Some(Tolerance::of_secs(600, 300)),
    acknowledgement: Acknowledgement {
        retries: "a few, counted in `Twitch-Eventsub-Message-Retry`; then `notification_failures_exceeded` ends the subscription",
        ..Acknowledgement::BASE
    },
    handshakes: &[HandshakeRule {
        when: &[When::There(Source::Json("/challenge")), When::Not(Source::Json("/event"))],
        challenge: Some(Source::Json("/challenge")),
        answer: Answer::Text(ECHO),
        ..HandshakeRule::BASE
    }],
    labels: ["`Twitch-Eventsub-Message-Id`, signed", "`subscription.type`, signed", "`subscription.version`, signed"],
    replay: "within the tolerance a replay is a duplicate by its signed id; later it is refused",
    event_headers: &[
        "twitch-eventsub-message-retry",
        "twitch-eventsub-message-type",
        "twitch-eventsub-subscription-type",
        "twitch-eventsub-subscription-version",
    ],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        // No separator is signed; the timestamp's shape, which begins with the year and ends in `Z`, is one.
        .signed("{id}{timestamp}{body}")
        .signature(Header::new("twitch-eventsub-message-signature").prefix("sha256=").hex())
        .timestamp(Header::new("twitch-eventsub-message-timestamp").rfc3339())
        .id(Header::new("twitch-eventsub-message-id"))
        .key_rule(KeyRule::text(10, "the secret of the subscription, 10 to 100 characters of your choice"))
        .event_id(LabelSource::SchemeId)
        .event_type(Json::pointer("/subscription/type"))
        .api_version(Json::pointer("/subscription/version"))
        .identity(Identity::SignedId)
}
