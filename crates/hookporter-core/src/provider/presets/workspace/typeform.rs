use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Typeform: HMAC-SHA256 of the body, in base64 behind `sha256=`.
pub(super) static TYPEFORM: Provider = Provider {
    id: "typeform",
    name: "Typeform",
    documentation: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
    evidence: EvidenceLevel::ThirdParty,
    unverified: "the time limit and the retries",
    scheme,
    proof: "HMAC-SHA256 of the body, `Typeform-Signature: sha256=…` in base64",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(30)),
        retries: "up to about 10 h; 404 and 410 disable the webhook",
        retry_for: Some(Duration::from_secs(10 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`event_id`, signed", "`event_type`, signed", "none"],
    replay: "no timestamp is judged: a replay is a duplicate by its signed id for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("typeform-signature").prefix("sha256=").base64())
        .key_rule(KeyRule::text(8, "the webhook's secret, long and random"))
        .event_id(Json::pointer("/event_id"))
        .event_type(Json::pointer("/event_type"))
        .identity(Identity::SignedId)
}
