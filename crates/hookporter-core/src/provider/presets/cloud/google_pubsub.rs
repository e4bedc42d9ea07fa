use std::time::Duration;

use crate::jwt::{ClaimsPolicy, TokenScheme};
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Identity, Json, KeyRule, Provider, Scheme};

/// Google Cloud Pub/Sub push: a token with RS256 of the subscription's service account. **It covers no byte of the
/// body**: it proves who called, not what was said.
///
/// Anybody can have Google sign tokens for an account of their own, so audience and service account are parts of the
/// key, and the endpoint does not build without them. The token names its key (`kid`) among those at
/// `https://www.googleapis.com/oauth2/v3/certs`.
pub(super) static GOOGLE_PUBSUB: Provider = Provider {
    id: "google-pubsub",
    name: "Google Cloud Pub/Sub push",
    documentation: "https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
    evidence: EvidenceLevel::Quoted,
    unverified: "the time limit",
    scheme,
    proof: "JSON web token (RS256), `Authorization: Bearer`, Google's `iss`, your `aud`, the service account's `email`; \
            the body is not covered",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200, 201, 202, 204]),
        // The shortest acknowledgement deadline of a subscription; the default, too.
        time_limit: Some(Duration::from_secs(10)),
        retries: "until acknowledged or the message is too old, with a growing interval where the subscription says so",
        ..Acknowledgement::BASE
    },
    labels: ["`message.messageId`, unsigned", "none: attributes are the publisher's own", "none"],
    replay: "the token ends an hour after it was made; until then a captured one carries any body",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let policy = ClaimsPolicy::new()
        .issuer("https://accounts.google.com")
        .audience_is_key_part("audience")
        .claim_is_key_part("email", "email")
        .claim_is_true("email_verified")
        .require_expiry()
        .require_issued_at();
    let expected = "the object `{\"jwk\": {…}, \"audience\": \"…\", \"email\": \"…\"}`, or a lookup by key id with the parts \
                    `audience` and `email` (the service account)";
    Scheme::token(TokenScheme::rs256().claims(policy))
        .key_rule(KeyRule::public_key(expected).compound("jwk", &["audience", "email"]))
        .event_id(Json::pointer("/message/messageId"))
        .identity(Identity::UnsignedIdWithDigest)
}
