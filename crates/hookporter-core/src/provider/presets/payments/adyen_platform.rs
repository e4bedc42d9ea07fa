use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, Provider, Scheme};

/// Adyen's platform, banking and management webhooks: HMAC-SHA256 of the body in a header.
pub(super) static ADYEN_PLATFORM: Provider = Provider {
    id: "adyen-platform",
    name: "Adyen (platforms, banking, management)",
    documentation: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit, the retries and how long an old key stays valid",
    scheme,
    proof: "HMAC-SHA256 of the body, `HmacSignature` in base64",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(10)),
        retries: "queued and sent again",
        ..Acknowledgement::BASE
    },
    labels: ["none", "`type`, signed", "none"],
    replay: "the body's `timestamp` is that of the event and not judged: a replay is a duplicate while the body is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("hmacsignature").base64())
        .key_rule(super::adyen::KEY_RULE)
        .event_type(Json::pointer("/type"))
        .identity(Identity::Digest)
}
