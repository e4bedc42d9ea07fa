use std::time::Duration;

use crate::provider::handshake::{HandshakeRule, ProofDemand};
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Intercom: HMAC-SHA1 of the body.
pub(super) static INTERCOM: Provider = Provider {
    id: "intercom",
    name: "Intercom",
    documentation: "https://developers.intercom.com/docs/webhooks",
    evidence: EvidenceLevel::ThirdParty,
    unverified: "the `HEAD` request when a URL is saved, the time limit, the retries and the API version",
    scheme,
    proof: "HMAC-SHA1 of the body, `X-Hub-Signature: sha1=…`",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        time_limit: Some(Duration::from_secs(5)),
        retries: "reported: once, after 1 min",
        ..Acknowledgement::BASE
    },
    handshakes: &[HandshakeRule { method: "HEAD", proof: ProofDemand::Ignored, ..HandshakeRule::BASE }],
    labels: ["`id`, signed", "`topic`, signed", "none (`Intercom-Version` is set in the app)"],
    replay: "no timestamp is judged: a replay is a duplicate by its signed id while that is remembered, and taken again later",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha1()
        .signature(Header::new("x-hub-signature").prefix("sha1=").hex())
        .key_rule(KeyRule::text(16, "the app's client secret, a UUID"))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/topic"))
        .identity(Identity::SignedId)
}
