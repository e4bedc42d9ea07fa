use crate::jwt::{ClaimsPolicy, TokenScheme};
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::{Encoding, Header, Identity, KeyRule, LabelSource, Provider, Scheme};

/// Upstash QStash: a token with HS256 for one URL that states the body's SHA-256 in base64url.
///
/// There are always two signing keys, the current and the next one: give both, as a keyring of two.
pub(super) static QSTASH: Provider = Provider {
    id: "qstash",
    name: "Upstash QStash",
    documentation: "https://upstash.com/docs/qstash/howto/signature",
    evidence: EvidenceLevel::Sdk,
    unverified: "the message id's header",
    scheme,
    proof: "JSON web token (HS256), `Upstash-Signature`, claim `body` is the body's hash in base64url, `iss` is `Upstash`, \
            `sub` is the public URL",
    acknowledgement: Acknowledgement { retries: "as the message asks for", ..Acknowledgement::BASE },
    labels: ["`Upstash-Message-Id`, unsigned", "none", "none"],
    replay: "the token ends (`exp`); until then a replay with the same message id is a duplicate, and one with another id \
             is taken again, since no signature covers the id",
    event_headers: &["upstash-message-id", "upstash-retried", "upstash-schedule-id"],
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let policy = ClaimsPolicy::new().issuer("Upstash").subject_is_url().require_expiry().require_not_before();
    let token = TokenScheme::hs256()
        .in_header(Header::new("upstash-signature"))
        .body_hash("body", Encoding::Base64Url)
        // A retry brings a new token for the same message.
        .identified_by_body()
        .claims(policy);
    let expected = "the current signing key and the next, `sig_…`: two secrets, or `{\"current\": …, \"next\": …}`";
    let rule = KeyRule::text(16, expected).usual_prefix("sig_").several(&["current", "next"]);
    Scheme::token(token)
        .key_rule(rule)
        .event_id(LabelSource::header(&["upstash-message-id"]))
        .identity(Identity::UnsignedIdWithDigest)
}
