use crate::jwt::{ClaimsPolicy, TokenScheme};
use crate::provider::handshake::known;
use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// monday.com: a token with HS256, without `Bearer`, for the endpoint's URL. **It covers no byte of the body**: it proves
/// that monday.com called, not what it said, and whoever sees one request can send another body until the token ends.
pub(super) static MONDAY: Provider = Provider {
    id: "monday",
    name: "monday.com",
    documentation: "https://developer.monday.com/apps/docs/authorization-header",
    evidence: EvidenceLevel::Official,
    unverified: "the event's id and the retries",
    scheme,
    proof: "JSON web token (HS256), `Authorization` without `Bearer`, `aud` is the public URL; the body is not covered",
    acknowledgement: Acknowledgement {
        success: SuccessStatus::OneOf(&[200]),
        retries: "once a minute for 30 minutes",
        retry_for: Some(std::time::Duration::from_secs(30 * 60)),
        ..Acknowledgement::BASE
    },
    handshakes: &[known::MONDAY],
    labels: ["`event.triggerUuid`, unsigned", "`event.type`, unsigned", "none"],
    replay: "the token ends five minutes after it was made; until then a captured one carries any body",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let token = TokenScheme::hs256()
        .in_header(Header::new("authorization"))
        .claims(ClaimsPolicy::new().audience_is_url().require_expiry());
    Scheme::token(token)
        .key_rule(KeyRule::text(16, "the app's Signing Secret (of app lifecycle events: its Client Secret)"))
        .event_id(Json::pointer("/event/triggerUuid"))
        .event_type(Json::pointer("/event/type"))
        .identity(Identity::UnsignedIdWithDigest)
}
