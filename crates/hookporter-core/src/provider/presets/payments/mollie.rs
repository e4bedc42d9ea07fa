use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Mollie's next-gen webhooks: HMAC-SHA256 of the body. While secrets change, the header stands once for each of them.
///
/// Classic webhooks are forms with an id and nothing else, unsigned: they are refused. Who takes them looks the payment
/// up and trusts only that.
pub(super) static MOLLIE: Provider = Provider {
    id: "mollie",
    name: "Mollie (next-gen webhooks)",
    documentation: "https://docs.mollie.com/reference/webhooks-new",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit and the retries",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Mollie-Signature` in hex, once or several times, with `sha256=` or without",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(15)),
        retries: "10 over 26 h",
        retry_for: Some(Duration::from_secs(26 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["`id`, signed", "`type`, signed", "none"],
    replay: "no timestamp is judged: a replay is a duplicate by its signed id for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        // A proxy may join repeated headers by commas.
        .signature(
            Header::new("x-mollie-signature").repeatable().bare_list(',').blanks().optional_prefix("sha256=").hex(),
        )
        .key_rule(KeyRule::text(16, "the webhook's signing secret"))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/type"))
        .identity(Identity::SignedId)
}
