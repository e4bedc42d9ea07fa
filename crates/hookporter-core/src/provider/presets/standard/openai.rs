use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{STANDARD_WEBHOOKS, symmetric};
use crate::provider::{Acknowledgement, EvidenceLevel};
use crate::scheme::KeyDecoding;
use crate::{KeyRule, Provider, Scheme};

/// OpenAI: Standard Webhooks, but a secret without `whsec_` is the key as it stands, where the libraries of Standard
/// Webhooks decode it from base64.
pub(super) static OPENAI: Provider = Provider {
    id: "openai",
    name: "OpenAI",
    documentation: "https://developers.openai.com/api/docs/guides/webhooks",
    evidence: EvidenceLevel::Sdk,
    unverified: "the success statuses and the retries",
    scheme,
    acknowledgement: Acknowledgement::BASE,
    ..STANDARD_WEBHOOKS
};

fn scheme() -> Scheme {
    let expected = "the endpoint's signing secret, `whsec_…` (an API key is `sk-…`)";
    symmetric("webhook-").key_rule(KeyRule::decoded(KeyDecoding::Function(key), 24, expected).usual_prefix("whsec_"))
}

/// Base64 behind `whsec_`; any other text is the key itself. An API key is neither.
fn key(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    match text.strip_prefix(b"whsec_") {
        Some(encoded) => STANDARD.decode(encoded).ok().map(Zeroizing::new),
        None if text.starts_with(b"sk-") => None,
        None => Some(Zeroizing::new(text.to_vec())),
    }
}
