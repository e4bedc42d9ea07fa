use crate::jwt::{ClaimsPolicy, TokenScheme};
use crate::provider::EvidenceLevel;
use crate::{Encoding, Header, Identity, Json, KeyRule, Provider, Scheme};

/// LiveKit: a token with HS256, without `Bearer`, that states the body's SHA-256 in base64; its issuer is the API key.
pub(super) static LIVEKIT: Provider = Provider {
    id: "livekit",
    name: "LiveKit",
    documentation: "https://docs.livekit.io/intro/basics/rooms-participants-tracks/webhooks-events/",
    evidence: EvidenceLevel::Sdk,
    unverified: "the success status",
    scheme,
    proof: "JSON web token (HS256), `Authorization` without `Bearer`, claim `sha256` of the body in base64, `iss` is the \
            API key",
    labels: ["`id`, signed", "`event`, signed", "none"],
    replay: "the token ends (`exp`), and the signed `id` makes a replay a duplicate until then",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let token = TokenScheme::hs256()
        .in_header(Header::new("authorization"))
        .body_hash("sha256", Encoding::Base64)
        .claims(ClaimsPolicy::new().issuer_is_key_part("api_key").require_expiry());
    let expected =
        "the project's `{\"api_key\": \"API…\", \"api_secret\": \"…\"}`, or the API secret with the part `api_key`";
    Scheme::token(token)
        .key_rule(KeyRule::text(32, expected).compound("api_secret", &["api_key"]))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/event"))
        .identity(Identity::SignedId)
}
