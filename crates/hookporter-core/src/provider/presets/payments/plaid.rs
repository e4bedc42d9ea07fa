use std::time::Duration;

use crate::jwt::{ClaimsPolicy, TokenScheme};
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Encoding, Header, Identity, Json, KeyRule, Provider, Scheme, Tolerance};

/// Plaid: a token with ES256 that states the body's SHA-256 in hexadecimal, and is at most five minutes old.
///
/// The token names its key (`kid`), which Plaid's API gives as a JSON web key
/// (`POST /webhook_verification_key/get`). That call needs your credentials, so a lookup of your own makes it. A key
/// whose `expired_at` is set no longer counts.
pub(super) static PLAID: Provider = Provider {
    id: "plaid",
    name: "Plaid",
    documentation: "https://plaid.com/docs/api/webhooks/webhook-verification/",
    evidence: EvidenceLevel::Official,
    unverified: "the time limit and the retries",
    scheme,
    proof: "JSON web token (ES256), `Plaid-Verification`, claim `request_body_sha256` of the body in hex, `iat`",
    // Plaid's own rule looks at the past only.
    tolerance: Some(Tolerance::of_secs(300, 300)),
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        time_limit: Some(Duration::from_secs(10)),
        retries: "for up to 24 hours, first after 30 seconds, then four times as long each time",
        retry_for: Some(Duration::from_secs(24 * 3600)),
        ..Acknowledgement::BASE
    },
    labels: ["none", "`webhook_code`, signed", "none"],
    replay: "no older than five minutes; within them it is known by its token's bytes. A retry brings a new token and is \
             handed off again: Plaid gives no id",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let token = TokenScheme::es256()
        .in_header(Header::new("plaid-verification"))
        .body_hash("request_body_sha256", Encoding::Hex)
        .claims(ClaimsPolicy::new().issued_recently());
    let expected = "the JSON web key of `/webhook_verification_key/get`, or a lookup by key id";
    Scheme::token(token)
        .key_rule(KeyRule::public_key(expected).compound("jwk", &[]))
        .event_type(Json::pointer("/webhook_code"))
        .identity(Identity::Digest)
}
