use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{STANDARD_WEBHOOKS, symmetric};
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::scheme::KeyDecoding;
use crate::{KeyRule, Provider, Scheme};

/// Liveblocks: Standard Webhooks. Its SDK takes no secret without `whsec_`, and neither does this preset.
pub(super) static LIVEBLOCKS: Provider = Provider {
    id: "liveblocks",
    name: "Liveblocks",
    documentation: "https://liveblocks.io/docs/platform/webhooks",
    evidence: EvidenceLevel::Sdk,
    unverified: "the tolerance of five minutes",
    scheme,
    acknowledgement: Acknowledgement::BASE,
    ..STANDARD_WEBHOOKS
};

fn scheme() -> Scheme {
    let expected = "the endpoint's signing secret, `whsec_` and base64 of 24 bytes or more";
    symmetric("webhook-").key_rule(KeyRule::decoded(KeyDecoding::Function(key), 24, expected))
}

/// Base64, and only behind `whsec_`.
fn key(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    STANDARD.decode(text.strip_prefix(b"whsec_")?).ok().map(Zeroizing::new)
}
