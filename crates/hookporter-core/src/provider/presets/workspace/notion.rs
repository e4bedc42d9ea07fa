use crate::provider::EvidenceLevel;
use crate::provider::handshake::{Answer, Guard, HandshakeRule, ProofDemand, Source, When};
use crate::{Header, Identity, Json, KeyRule, Provider, Scheme};

/// Notion: HMAC-SHA256 of the body, under the verification token that Notion hands over when a subscription is made.
///
/// Nothing proves that the hand-over comes from Notion: whoever calls the URL can offer a token. The user's hook is to
/// take one only while a subscription is being made; a person then types it into Notion's form.
pub(super) static NOTION: Provider = Provider {
    id: "notion",
    name: "Notion",
    documentation: "https://developers.notion.com/reference/webhooks",
    evidence: EvidenceLevel::Official,
    unverified: "the API version, the time limit, the retries, and whether the token's request is signed (with a \
                 signature that holds it is an event)",
    scheme,
    proof: "HMAC-SHA256 of the body, `X-Notion-Signature: sha256=…`",
    handshakes: &[HandshakeRule {
        proof: ProofDemand::Absent,
        when: &[When::There(Source::Json("/verification_token")), When::Not(Source::Json("/id"))],
        challenge: Some(Source::Json("/verification_token")),
        guard: Guard { least: 16, ..Guard::TOKEN },
        hands_over_secret: true,
        answer: Answer::OK,
        ..HandshakeRule::BASE
    }],
    labels: ["`id`, signed", "`type`, signed", "`api_version`, signed"],
    replay: "no timestamp is judged: a replay is a duplicate by its signed id while that is remembered, and taken again later",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signature(Header::new("x-notion-signature").prefix("sha256=").hex())
        .key_rule(KeyRule::text(16, "the subscription's verification token, `secret_…`").usual_prefix("secret_"))
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/type"))
        .api_version(Json::pointer("/api_version"))
        .identity(Identity::SignedId)
}
