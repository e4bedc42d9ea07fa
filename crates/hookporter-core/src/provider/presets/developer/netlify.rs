use crate::jwt::{ClaimsPolicy, TokenScheme};
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Encoding, Header, Identity, KeyRule, LabelSource, Provider, Scheme};

/// Netlify's deploy notifications: a token with HS256 that states the body's SHA-256 in hexadecimal.
pub(super) static NETLIFY: Provider = Provider {
    id: "netlify",
    name: "Netlify deploy notifications",
    documentation: "https://docs.netlify.com/deploy/deploy-notifications/#payload-signature",
    evidence: EvidenceLevel::ThirdParty,
    unverified: "the event's header and the retries",
    scheme,
    proof: "JSON web token (HS256), `X-Webhook-Signature`, claim `sha256` of the body in hex, `iss` is `netlify`",
    acknowledgement: Acknowledgement {
        retries: "after 6 failed deliveries the hook is switched off",
        ..Acknowledgement::BASE
    },
    labels: ["none", "`X-Netlify-Event`, unsigned", "none"],
    replay: "the token has no time: a replay is known by the digest of its bytes for as long as the digest is kept",
    event_headers: &["x-netlify-event"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let token = TokenScheme::hs256()
        .in_header(Header::new("x-webhook-signature"))
        .body_hash("sha256", Encoding::Hex)
        .claims(ClaimsPolicy::new().issuer("netlify"));
    Scheme::token(token)
        .key_rule(KeyRule::text(16, "the notification's JWS secret token, as you chose it"))
        .event_type(LabelSource::header(&["x-netlify-event"]))
        .identity(Identity::Digest)
}
