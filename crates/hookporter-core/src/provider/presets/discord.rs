use std::time::Duration;

use crate::provider::handshake::{Answer, HandshakeRule, Source, When};
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Algorithm, Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Discord interactions and webhook events: Ed25519 over `{timestamp}{body}`.
///
/// Discord sends deliberately wrong signatures and wants a 401 for each.
pub(crate) static DISCORD: Provider = Provider {
    id: "discord",
    name: "Discord",
    documentation: "https://docs.discord.com/developers/interactions/overview",
    evidence: EvidenceLevel::Official,
    unverified: "no tolerance is documented; events are retried for up to 10 min, so 15 min are allowed",
    scheme,
    proof: "Ed25519 over timestamp and body, `X-Signature-Ed25519` in hex",
    tolerance: Some(Tolerance::of_secs(900, 300)),
    needs_refusal: Some("it sends wrong signatures on purpose, and removes an endpoint that does not answer 401"),
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(3)),
        retries: "events: up to 10 min with growing gaps; interactions: none",
        ..Acknowledgement::BASE
    },
    handshakes: &[
        // Interactions: a PING is type 1. Webhook events use type 1 for an event, and then have `event`.
        HandshakeRule {
            when: &[When::Is(Source::Json("/type"), "1"), When::Not(Source::Json("/event"))],
            answer: Answer::Fixed { status: 200, content_type: Some("application/json"), body: r#"{"type":1}"# },
            ..HandshakeRule::BASE
        },
        HandshakeRule {
            when: &[When::Is(Source::Json("/type"), "0")],
            answer: Answer::Fixed { status: 204, content_type: None, body: "" },
            ..HandshakeRule::BASE
        },
    ],
    labels: ["interaction `id`, signed (events have none)", "`event.type`, else `type`, signed", "`version`, signed"],
    replay: "within the tolerance an interaction's replay is a duplicate by its signed id; an event, which has no id, is taken again",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::new(Algorithm::Ed25519)
        .signed("{timestamp}{body}")
        .signature(Header::new("x-signature-ed25519").hex())
        .timestamp(Header::new("x-signature-timestamp").unix_seconds())
        .key_rule(KeyRule::public_key("the application's public key, 64 hexadecimal digits"))
        .event_id(Json::pointer("/id"))
        .event_type([Json::pointer("/event/type"), Json::pointer("/type")])
        .api_version(Json::pointer("/version"))
        .identity(Identity::SignedId)
}
