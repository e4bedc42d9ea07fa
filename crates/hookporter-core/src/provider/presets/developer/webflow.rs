use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Webflow: HMAC-SHA256 over `{timestamp}:{body}`, the timestamp in milliseconds. Its SDK does not judge the age.
pub(super) static WEBFLOW: Provider = Provider {
    id: "webflow",
    name: "Webflow",
    documentation: "https://developers.webflow.com/data/docs/working-with-webhooks",
    evidence: EvidenceLevel::Sdk,
    unverified: "the retries; the tolerance of five minutes is third-party advice",
    scheme,
    proof: "HMAC-SHA256 of timestamp and body, `x-webflow-signature` in hex",
    tolerance: Some(Tolerance::DEFAULT),
    acknowledgement: Acknowledgement { success: SuccessStatus::OneOf(&[200]), retries: "3", ..Acknowledgement::BASE },
    labels: ["none", "`triggerType`, signed", "none"],
    replay: "within the tolerance a replay is known by the digest of its bytes; later it is refused",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}:{body}")
        .signature(Header::new("x-webflow-signature").hex())
        .timestamp(Header::new("x-webflow-timestamp").unix_millis())
        .key_rule(KeyRule::text(16, "the webhook's secret key, or the app's client secret"))
        .event_type(Json::pointer("/triggerType"))
        .identity(Identity::Digest)
}
