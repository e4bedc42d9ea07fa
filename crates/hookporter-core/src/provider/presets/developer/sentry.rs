use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, KeyRule, Provider, Scheme};

/// Sentry's integration platform: HMAC-SHA256 of the body. Its timestamp is a header that the proof does not cover, so it
/// is not judged. Sentry waits one second: hand off in the background or to an inbox.
///
/// Its examples sign a body that is parsed and written again; the bytes as received are what counts.
pub(super) static SENTRY: Provider = Provider {
    id: "sentry",
    name: "Sentry",
    documentation: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
    evidence: EvidenceLevel::Official,
    unverified: "the retries",
    scheme,
    proof: "HMAC-SHA256 of the body, `Sentry-Hook-Signature` in hex",
    acknowledgement: Acknowledgement { time_limit: Some(Duration::from_secs(1)), ..Acknowledgement::BASE },
    labels: ["`Request-ID`, unsigned, another one each time it is sent", "`Sentry-Hook-Resource`, unsigned", "none"],
    replay: "no timestamp is signed: a replay with the same id is a duplicate while it is remembered; one with another id is taken again",
    event_headers: &["sentry-hook-resource", "sentry-hook-timestamp", "request-id"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("sentry-hook-signature").hex())
        .key_rule(KeyRule::text(16, "the integration's client secret"))
        .event_id(Header::new("request-id"))
        .event_type(Header::new("sentry-hook-resource"))
        .identity(Identity::UnsignedIdWithDigest)
}
