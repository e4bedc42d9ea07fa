use crate::message_signature::MessageScheme;
use crate::provider::EvidenceLevel;
use crate::{Identity, KeyRule, Provider, Scheme, Tolerance};

/// MailChannels: an Ed25519 message signature (RFC 9421) over the digest of the body, and over nothing else.
///
/// Name each key by its `keyid` ([`Secret::named`](crate::Secret::named)): then a request is held against the key that it
/// names, and no other.
pub(crate) static MAILCHANNELS: Provider = Provider {
    id: "mailchannels",
    name: "MailChannels",
    documentation: "https://docs.mailchannels.net/email-api/advanced/delivery-events",
    evidence: EvidenceLevel::ThirdParty,
    unverified: "the success status",
    scheme,
    proof: "Ed25519 message signature (RFC 9421) over `content-digest`, with `created`, `alg` and `keyid`",
    tolerance: Some(Tolerance::DEFAULT),
    labels: ["none", "none", "none"],
    replay: "within the tolerance a replay is a duplicate by the digest of what was signed; later it is refused. Neither URL \
             nor method is signed: what is sent to one of your endpoints passes at every other that has this key",
    ..Provider::BASE
};

fn scheme() -> Scheme {
    let expected = "the public key that MailChannels' API gives for the `keyid`";
    Scheme::message_signature(MessageScheme::ed25519().with_required(["content-digest"]).demand_key_id())
        .key_rule(KeyRule::public_key(expected))
        .identity(Identity::Digest)
}
