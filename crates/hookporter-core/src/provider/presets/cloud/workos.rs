use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// WorkOS: HMAC-SHA256 over `{t}.{body}`; `t` is in milliseconds, and a blank follows the comma. One of its libraries
/// writes the body anew before it signs; the bytes as received are what counts.
pub(super) static WORKOS: Provider = Provider {
    id: "workos",
    name: "WorkOS",
    documentation: "https://workos.com/docs/events/data-syncing/webhooks",
    evidence: EvidenceLevel::Sdk,
    unverified: "the retries",
    scheme,
    proof: "HMAC-SHA256 of timestamp and body, `WorkOS-Signature: t=…, v1=…`",
    tolerance: Some(Tolerance::of_secs(180, 180)),
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "6 over 3 days",
        retry_for: Some(Duration::from_secs(3 * 24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`id`, signed", "`event`, signed", "none"],
    replay: "within the tolerance a replay is a duplicate by its signed event id; later it is refused",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(Header::new("workos-signature").list(',').blanks().item("v1").hex())
        .timestamp(Header::new("workos-signature").list(',').blanks().item("t").unix_millis())
        .key_rule(KeyRule::text(16, "the webhook endpoint's secret (an API key is `sk_…`)"))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/event"))
        .identity(Identity::SignedId)
}
