use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Tally: HMAC-SHA256 of the body in base64.
pub(super) static TALLY: Provider = Provider {
    id: "tally",
    name: "Tally",
    documentation: "https://tally.so/help/webhooks",
    evidence: EvidenceLevel::ThirdParty,
    unverified: "the time limit and the retries",
    scheme,
    proof: "HMAC-SHA256 of the body, `Tally-Signature` in base64",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(10)),
        retries: "after 5 min, 30 min, 1 h, 6 h and 1 day",
        retry_for: Some(Duration::from_secs(32 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`eventId`, signed", "`eventType`, signed", "none"],
    replay: "no timestamp is judged: a replay is a duplicate by its signed id for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("tally-signature").base64())
        .key_rule(KeyRule::text(8, "the signing secret that was set for the form's webhook"))
        .event_id(Json::pointer("/eventId"))
        .event_type(Json::pointer("/eventType"))
        .identity(Identity::SignedId)
}
