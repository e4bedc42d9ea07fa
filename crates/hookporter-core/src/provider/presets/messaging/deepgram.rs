use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Identity, Json, KeyRule, Provider, Scheme};

/// Deepgram's callbacks: the identifier of the API key that asked for the transcript, in a header. It binds no byte of
/// the body, and whoever may read the project's keys knows it.
pub(super) static DEEPGRAM: Provider = Provider {
    id: "deepgram",
    name: "Deepgram callbacks",
    documentation: "https://developers.deepgram.com/docs/callback",
    evidence: EvidenceLevel::ThirdParty,
    unverified: "the retries, and the header",
    scheme,
    proof: "static token, `dg-token`",
    acknowledgement: Acknowledgement {
        retries: "10, 30 s apart",
        retry_for: Some(Duration::from_secs(300)),
        ..Acknowledgement::BASE
    },
    labels: ["`metadata.request_id`, not covered by the token", "none", "none"],
    replay: "whoever has seen one request knows the token and can send anything: only the transport protects it",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::static_token("dg-token")
        .key_rule(KeyRule::text(16, "the identifier of the API key that asks for transcripts"))
        .event_id(Json::pointer("/metadata/request_id"))
        .identity(Identity::UnsignedIdWithDigest)
}
