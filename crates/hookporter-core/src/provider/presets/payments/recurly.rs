use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Recurly: HMAC-SHA256 over `{timestamp}.{body}`. The header is a list without names: the timestamp in milliseconds,
/// then a signature for each secret that is valid. Webhooks in XML are not signed.
pub(super) static RECURLY: Provider = Provider {
    id: "recurly",
    name: "Recurly",
    documentation: "https://docs.recurly.com/docs/webhooks",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit and the retries, and that `id` names the event and not the object",
    scheme,
    proof: "HMAC-SHA256 of timestamp and body, `recurly-signature: <ms>,…[,…]` in hex",
    tolerance: Some(Tolerance::DEFAULT),
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(5)),
        retries: "10",
        ..Acknowledgement::BASE
    },
    labels: [
        "`id`, signed; not known to be unique, so it identifies nothing",
        "`event_type`, signed (`object_type` says of what)",
        "none",
    ],
    replay: "within the tolerance a replay has the same bytes and is a duplicate; later it is refused",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(Header::new("recurly-signature").bare_list(',').hex())
        .timestamp(Header::new("recurly-signature").bare_list(',').unix_millis())
        .key_rule(KeyRule::text(16, "the webhook endpoint's secret key"))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/event_type"))
        .identity(Identity::Digest)
}
