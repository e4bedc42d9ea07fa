use crate::jwt::TokenScheme;
use crate::provider::EvidenceLevel;
use crate::{Encoding, Header, Identity, Json, KeyRule, Provider, Scheme};

/// FusionAuth: a token that states the body's SHA-256 in base64, signed with a key of FusionAuth's Key Master.
///
/// The key decides the algorithm: an HMAC key HS256, a public key in PEM or as a JSON web key RS256, ES256 or EdDSA. The
/// longer hashes (HS384, RS512 and so on) are not taken. Keys may be found by the token's `kid`, in FusionAuth's
/// `/.well-known/jwks.json`.
pub(super) static FUSIONAUTH: Provider = Provider {
    id: "fusionauth",
    name: "FusionAuth",
    documentation: "https://fusionauth.io/docs/extend/events-and-webhooks/signing",
    evidence: EvidenceLevel::Official,
    unverified: "the event's id",
    scheme,
    proof: "JSON web token (HS256, RS256, ES256 or EdDSA, as the key says), `X-FusionAuth-Signature-JWT`, claim `request_body_sha256` of the body in base64",
    labels: ["`event.id`, signed", "`event.type`, signed", "none"],
    replay: "the token has no time: the signed `event.id` makes a replay a duplicate for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let token = TokenScheme::algorithm_by_key()
        .in_header(Header::new("x-fusionauth-signature-jwt"))
        .body_hash("request_body_sha256", Encoding::Base64);
    Scheme::token(token)
        .key_rule(KeyRule::public_key("the HMAC key of the webhook's signing settings, or its public key in PEM"))
        .event_id(Json::pointer("/event/id"))
        .event_type(Json::pointer("/event/type"))
        .identity(Identity::SignedId)
}
