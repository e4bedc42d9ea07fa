use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Flutterwave v4: HMAC-SHA256 of the body in base64. Webhooks of v3 carry the secret hash itself: `flutterwave-v3`.
pub(super) static FLUTTERWAVE: Provider = Provider {
    id: "flutterwave",
    name: "Flutterwave (v4)",
    documentation: "https://developer.flutterwave.com/docs/webhooks",
    evidence: EvidenceLevel::ThirdParty,
    unverified: "the time limit, the retries, and that `id` names the event",
    scheme,
    proof: "HMAC-SHA256 of the body, `flutterwave-signature` in base64",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        time_limit: Some(Duration::from_secs(60)),
        retries: "3, 30 min apart, where they are switched on",
        ..Acknowledgement::BASE
    },
    labels: ["`id`, signed; not known to be unique, so it identifies nothing", "`type`, else `event`, signed", "none"],
    replay: "no timestamp is signed: a replay has the same bytes and is a duplicate for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("flutterwave-signature").base64())
        .key_rule(KeyRule::text(8, "the secret hash that was set in the dashboard"))
        .event_id(Json::pointer("/id"))
        .event_type([Json::pointer("/type"), Json::pointer("/event")])
        .identity(Identity::Digest)
}
