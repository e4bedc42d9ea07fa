use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Persona: HMAC-SHA256 over `{t}.{body}`. While a secret is rotated the header holds two sets of timestamp and
/// signature, separated by a blank; each signature counts with its own timestamp.
pub(super) static PERSONA: Provider = Provider {
    id: "persona",
    name: "Persona",
    documentation: "https://docs.withpersona.com/webhooks-best-practices",
    evidence: EvidenceLevel::Quoted,
    unverified: "the time limit, the retries, the API version, and a tolerance: Persona names none",
    scheme,
    proof: "HMAC-SHA256 of timestamp and body, `Persona-Signature: t=…,v1=…`",
    tolerance: Some(Tolerance::DEFAULT),
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(5)),
        retries: "7 or 8 with growing gaps",
        ..Acknowledgement::BASE
    },
    labels: ["`data.id`, signed", "`data.attributes.name`, signed", "none"],
    replay: "within the tolerance a replay is a duplicate by its signed event id; later it is refused",
    event_headers: &[
        "persona-webhook-attempts-made",
        "persona-webhook-attempts-left",
        "persona-webhook-first-attempted-at",
    ],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(Header::new("persona-signature").list(',').sets(' ').item("v1").hex())
        .timestamp(Header::new("persona-signature").list(',').item("t").unix_seconds())
        .key_rule(KeyRule::text(16, "the webhook's secret, `wbhsec_…`"))
        .event_id(Json::pointer("/data/id"))
        .event_type(Json::pointer("/data/attributes/name"))
        .identity(Identity::SignedId)
}
