use std::time::Duration;

use crate::jwt::TokenScheme;
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Identity, KeyRule, LabelSource, Provider, Scheme};

/// Shipmondo: the body is `{"data": "<token>"}`, a JSON web token with HS256.
///
/// Shipmondo calls the token "encrypted"; it is signed, and anybody can read it.
pub(crate) static SHIPMONDO: Provider = Provider {
    id: "shipmondo",
    name: "Shipmondo",
    documentation: "https://shipmondo.dev/docs/webhooks/requirements-and-structure",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "JSON web token (HS256) in the body's `data`",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        // One help page says five seconds; the stricter one counts.
        time_limit: Some(Duration::from_secs(3)),
        retries: "none documented: what is not answered in time is not delivered",
        ..Acknowledgement::BASE
    },
    labels: [
        "`SMD-Webhook-Id`, `SMD-Resource-Type`, `SMD-Resource-Id` and `SMD-Action` together, unsigned",
        "`SMD-Resource-Type`, unsigned",
        "none",
    ],
    replay: "the token has no time: a replay with the same headers is a duplicate while it is remembered, later it is taken again",
    event_headers: &["smd-resource-type", "smd-resource-id", "smd-webhook-id", "smd-action", "smd-user"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::token(TokenScheme::hs256().in_body("data").nested_json())
        .key_rule(KeyRule::text(16, "the webhook's key (Shipmondo asks for at least 32 characters)"))
        .event_id(LabelSource::headers(&["smd-webhook-id", "smd-resource-type", "smd-resource-id", "smd-action"]))
        .event_type(LabelSource::header(&["smd-resource-type"]))
        .identity(Identity::UnsignedIdWithDigest)
}
