use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, KeyRule, Provider, Scheme};

/// GitHub: HMAC-SHA256 of the body. The older SHA-1 header is never looked at: it would be a way down.
pub(crate) static GITHUB: Provider = Provider {
    id: "github",
    name: "GitHub",
    documentation: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    evidence: EvidenceLevel::Official,
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Hub-Signature-256: sha256=…`",
    // GitHub caps payloads at 25 MB and sends nothing above.
    body_limit: 25 * 1024 * 1024,
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(10)),
        retries: "none by itself; by hand or API within 3 days",
        ..Acknowledgement::BASE
    },
    labels: ["`X-GitHub-Delivery`, unsigned", "`X-GitHub-Event`, unsigned", "none"],
    replay: "no timestamp is signed: a replay is known by the digest of its bytes for as long as the digest is kept",
    event_headers: &["x-github-event", "x-github-delivery", "x-github-hook-id"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-hub-signature-256").prefix("sha256=").hex())
        .key_rule(KeyRule::text(8, "the webhook's secret, long and random"))
        .event_id(Header::new("x-github-delivery"))
        .event_type(Header::new("x-github-event"))
        .identity(Identity::Digest)
}
