use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, KeyRule, Provider, Scheme};

/// Intuit QuickBooks: HMAC-SHA256 of the body in base64. A request holds changes of several companies.
pub(super) static QUICKBOOKS: Provider = Provider {
    id: "quickbooks",
    name: "Intuit QuickBooks",
    documentation: "https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit, the retries, and the id of the newer payloads",
    scheme,
    proof: "HMAC-SHA256 of the body, `intuit-signature` in base64",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        time_limit: Some(Duration::from_secs(3)),
        retries: "after 20, 30 and 50 min",
        ..Acknowledgement::BASE
    },
    labels: ["none", "none: a request holds several events (`eventNotifications`)", "none"],
    replay: "no timestamp is signed: a replay has the same bytes and is a duplicate for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("intuit-signature").base64())
        .key_rule(KeyRule::text(16, "the app's webhook verifier token"))
        .identity(Identity::Digest)
}
