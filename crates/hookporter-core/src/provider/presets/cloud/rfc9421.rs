use crate::message_signature::MessageScheme;
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::scheme::KeyDecoding;
use crate::{Identity, KeyRule, LabelSource, Provider, Scheme, Tolerance};

/// RFC 9421 as any sender may use it: `hmac-sha256`, with the body's digest, the method and the URL covered.
///
/// Another algorithm, other components, a label or a tag: [`Scheme::message_signature`] and an endpoint of one's own.
pub(crate) static RFC9421: Provider = Provider {
    id: "rfc9421",
    name: "HTTP Message Signatures (RFC 9421)",
    documentation: "https://www.rfc-editor.org/rfc/rfc9421",
    evidence: EvidenceLevel::Official,
    unverified: "the standard leaves to the application what is covered, the tolerance, answers and retries",
    scheme,
    proof: "hmac-sha256 over at least `content-digest`, `@method`, `@target-uri` or `@path`, and `created`",
    tolerance: Some(Tolerance::DEFAULT),
    acknowledgement: Acknowledgement { retries: "defined by the sender", ..Acknowledgement::BASE },
    labels: ["`nonce`, signed", "none", "none"],
    replay: "within the tolerance a replay is a duplicate by the digest of what was signed; later it is refused. A retry that is \
             signed anew is taken again",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let expected = "the shared secret in base64, 32 bytes or more";
    Scheme::message_signature(MessageScheme::hmac_sha256())
        .key_rule(KeyRule::decoded(KeyDecoding::Base64After(""), 32, expected))
        .event_id(LabelSource::SchemeId)
        // A sender need not send a nonce, and the base holds it where there is one.
        .identity(Identity::Digest)
}
