use crate::jwt::TokenScheme;
use crate::provider::EvidenceLevel;
use crate::{Encoding, Header, Identity, Json, KeyRule, Provider, Scheme};

/// FusionAuth: a token that states the body's SHA-256 in base64. This preset pins HS256, with a key of your own in
/// FusionAuth's Key Master.
///
/// A key of another algorithm takes a scheme of your own: [`TokenScheme::es256`] or [`TokenScheme::rs256`] with the same
/// header and claim, and the public key as the secret.
pub(super) static FUSIONAUTH: Provider = Provider {
    id: "fusionauth",
    name: "FusionAuth",
    documentation: "https://fusionauth.io/docs/extend/events-and-webhooks/signing",
    evidence: EvidenceLevel::Official,
    unverified: "the event's id",
    scheme,
    proof: "JSON web token (HS256), `X-FusionAuth-Signature-JWT`, claim `request_body_sha256` of the body in base64",
    labels: ["`event.id`, signed", "`event.type`, signed", "none"],
    replay: "the token has no time: the signed `event.id` makes a replay a duplicate for as long as it is remembered",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let token = TokenScheme::hs256()
        .in_header(Header::new("x-fusionauth-signature-jwt"))
        .body_hash("request_body_sha256", Encoding::Base64);
    Scheme::token(token)
        .key_rule(KeyRule::text(32, "the HMAC key of the webhook's signing settings, as FusionAuth shows it"))
        .event_id(Json::pointer("/event/id"))
        .event_type(Json::pointer("/event/type"))
        .identity(Identity::SignedId)
}
