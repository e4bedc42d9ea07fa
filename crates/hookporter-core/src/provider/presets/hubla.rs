use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Hubla: a static token in a header. It proves that the sender knows the token and binds no byte of the body.
pub(crate) static HUBLA: Provider = Provider {
    id: "hubla",
    name: "Hubla",
    documentation: "https://hubla.gitbook.io/docs/webhooks",
    evidence: EvidenceLevel::Official,
    unverified: "the field of the API version",
    scheme,
    proof: "static token, `x-hubla-token`",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200, 201, 202]),
        retries: "5 tries, 1 to 4 min apart; after days of errors the rule is switched off",
        ..Acknowledgement::BASE
    },
    labels: [
        "`x-hubla-idempotency`, unsigned",
        "`type`, not covered by the token",
        "`version`, not covered by the token",
    ],
    replay: "whoever has seen one request knows the token and can send anything: only the transport protects it",
    event_headers: &["x-hubla-idempotency", "x-hubla-sandbox"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::static_token("x-hubla-token")
        .key_rule(KeyRule::text(8, "the token that Hubla shows beside the rule"))
        .event_id(Header::new("x-hubla-idempotency"))
        .event_type(Json::pointer("/type"))
        .api_version(Json::pointer("/version"))
        .identity(Identity::UnsignedIdWithDigest)
}
