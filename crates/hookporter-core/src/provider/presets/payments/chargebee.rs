use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::scheme::KeyDecoding;
use crate::{Identity, Json, KeyRule, Provider, Scheme};

/// Chargebee: a user and a password by HTTP's Basic authentication. They bind no byte of the body.
///
/// As in Chargebee's library the scheme is the word `Basic` in this spelling, and the user ends at the first colon.
pub(super) static CHARGEBEE: Provider = Provider {
    id: "chargebee",
    name: "Chargebee",
    documentation: "https://www.chargebee.com/docs/2.0/webhook_settings.html",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit, the retries, and that `api_version` is the version",
    scheme,
    proof: "Basic authentication, `Authorization`",
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(60)),
        retries: "up to 7 over 2 days",
        retry_for: Some(Duration::from_secs(2 * 24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: [
        "`id`, not covered by the password",
        "`event_type`, not covered by the password",
        "`api_version`, not covered by the password",
    ],
    replay: "whoever has seen one request knows the password and can send anything: only the transport protects it",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::basic_authentication()
        .key_rule(KeyRule::decoded(KeyDecoding::Credentials, 8, "the webhook's user and password as `user:password`"))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/event_type"))
        .api_version(Json::pointer("/api_version"))
        .identity(Identity::UnsignedIdWithDigest)
}
