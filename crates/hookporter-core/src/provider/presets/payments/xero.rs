use std::time::Duration;

use crate::provider::{Acknowledgement, AnswerBody, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, KeyRule, Provider, Scheme};

/// Xero: HMAC-SHA256 of the body in base64. Its intent to receive is a few requests, some of them signed wrongly, that
/// want 200 or 401 and no body: what every request gets here.
pub(super) static XERO: Provider = Provider {
    id: "xero",
    name: "Xero",
    documentation: "https://developer.xero.com/documentation/guides/webhooks/overview/",
    evidence: EvidenceLevel::Official,
    unverified: "the time limit and the retries",
    scheme,
    proof: "HMAC-SHA256 of the body, `x-xero-signature` in base64",
    needs_refusal: Some("its intent to receive signs some requests wrongly, and wants a 401 for each of these"),
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        body: AnswerBody::Empty,
        time_limit: Some(Duration::from_secs(5)),
        retries: "24 h with growing gaps",
        retry_for: Some(Duration::from_secs(24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["none", "none: a request holds several events (`events`), and those of an intent to receive none", "none"],
    replay: "no timestamp is signed: a replay has the same bytes and is a duplicate for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-xero-signature").base64())
        .key_rule(KeyRule::text(16, "the app's webhooks key"))
        .identity(Identity::Digest)
}
