use std::time::Duration;

use crate::provider::handshake::{Answer, ECHO, HandshakeRule, ProofDemand, Source, When};
use crate::provider::{Acknowledgement, AnswerBody, EvidenceLevel, SuccessStatus};
use crate::{Identity, Json, KeyRule, Provider, Scheme};

/// Okta event hooks: a static token in `Authorization`. It proves that the sender knows the token and binds no byte of
/// the body.
pub(super) static OKTA: Provider = Provider {
    id: "okta",
    name: "Okta event hooks",
    documentation: "https://developer.okta.com/docs/concepts/event-hooks/",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "static token, `Authorization`, as it was set in the event hook",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200, 204]),
        body: AnswerBody::Empty,
        time_limit: Some(Duration::from_secs(3)),
        retries: "at most 1, on a timeout or 5xx; none on 4xx",
        ..Acknowledgement::BASE
    },
    handshakes: &[HandshakeRule {
        method: "GET",
        proof: ProofDemand::HeldOrAbsent,
        when: &[When::There(Source::Header("x-okta-verification-challenge"))],
        challenge: Some(Source::Header("x-okta-verification-challenge")),
        answer: Answer::Json(&[("verification", ECHO)]),
        ..HandshakeRule::BASE
    }],
    labels: [
        "`eventId`, not covered by the token",
        "`eventType`, not covered by the token",
        "`eventTypeVersion`, not covered by the token",
    ],
    replay: "whoever has seen one request knows the token and can send anything: only the transport protects it",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::static_token("authorization")
        .key_rule(KeyRule::text(
            16,
            "the authentication secret of the event hook, 16 characters or more of your choice",
        ))
        .event_id(Json::pointer("/eventId"))
        .event_type(Json::pointer("/eventType"))
        .api_version(Json::pointer("/eventTypeVersion"))
        .identity(Identity::UnsignedIdWithDigest)
}
