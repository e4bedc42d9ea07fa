//! What a right key looks like, and how the text of a dashboard becomes key bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
use crate::{ConfigError, Secret};

/// What a right key looks like for a sender.
#[derive(Debug, Clone)]
#[must_use]
pub struct KeyRule {
    decoding: KeyDecoding,
    minimum: usize,
    usual_prefix: Option<&'static str>,
    public_part: Option<PublicPart>,
    expected: &'static str,
}

/// Takes what is no secret out of a key's text.
type PublicPart = fn(&[u8]) -> Option<String>;

/// How the text of a key becomes key bytes.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum KeyDecoding {
    /// The text itself, in UTF-8.
    Text,
    /// Base64 after an optional prefix, such as Standard Webhooks' `whsec_`.
    Base64After(&'static str),
    /// Hexadecimal.
    Hex,
    /// A public key: hexadecimal, base64, PEM or JWK, after an optional prefix such as `whpk_`.
    PublicKey(&'static str),
    /// A function of the text, for senders that derive the key.
    Function(fn(&[u8]) -> Option<Zeroizing<Vec<u8>>>),
}

impl KeyDecoding {
    /// What is wrong with a text that does not decode.
    const fn misspelled(self) -> &'static str {
        match self {
            Self::Base64After(_) => "is not base64 behind its prefix",
            Self::Hex => "is not hexadecimal",
            _ => "is not written as it should be",
        }
    }
}

/// Beginnings that betray a key of another kind, whatever the sender.
const FOREIGN: &[(&str, &str)] = &[
    ("sk_live_", "is an API key (`sk_live_…`)"),
    ("sk_test_", "is an API key (`sk_test_…`)"),
    ("rk_live_", "is a restricted API key (`rk_live_…`)"),
    ("rk_test_", "is a restricted API key (`rk_test_…`)"),
    ("pk_live_", "is a publishable key (`pk_live_…`)"),
    ("pk_test_", "is a publishable key (`pk_test_…`)"),
    ("shpat_", "is an Admin API access token (`shpat_…`)"),
    ("ghp_", "is a personal access token (`ghp_…`)"),
    ("github_pat_", "is a personal access token (`github_pat_…`)"),
    ("xoxb-", "is a bot token (`xoxb-…`)"),
    ("xoxp-", "is a user token (`xoxp-…`)"),
    ("http://", "is a URL"),
    ("https://", "is a URL"),
];

impl KeyRule {
    /// A key whose text is the key, of at least `minimum` bytes; `expected` says what a right one looks like.
    pub const fn text(minimum: usize, expected: &'static str) -> Self {
        Self::decoded(KeyDecoding::Text, minimum, expected)
    }

    /// A key that is decoded first; `minimum` counts decoded bytes.
    pub const fn decoded(decoding: KeyDecoding, minimum: usize, expected: &'static str) -> Self {
        Self { decoding, minimum, usual_prefix: None, public_part: None, expected }
    }

    /// The beginning that this sender's keys usually have; without it the endpoint builds and warns.
    pub const fn usual_prefix(self, prefix: &'static str) -> Self {
        Self { usual_prefix: Some(prefix), ..self }
    }

    /// What of a key's text is no secret and is said in answers, such as Braintree's public key. Default: nothing.
    pub const fn public_part(self, of: fn(&[u8]) -> Option<String>) -> Self {
        Self { public_part: Some(of), ..self }
    }

    pub(crate) fn public_part_of(&self, secret: &Secret) -> Option<String> {
        self.public_part.and_then(|of| of(secret.bytes()))
    }

    pub(crate) fn for_algorithm(algorithm: Algorithm) -> Self {
        if algorithm.is_asymmetric() {
            Self::decoded(KeyDecoding::PublicKey(""), 32, "a public key in hex, base64, PEM or JWK")
        } else {
            Self::text(16, "a secret of at least 16 bytes (a shorter one: `Secret::weak`)")
        }
    }

    /// The key's bytes, or why it cannot be right.
    pub(crate) fn key_bytes(&self, secret: &Secret) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
        let text = secret.bytes();
        let fail = |problem: String| self.refusal(secret, problem);
        if text.trim_ascii().is_empty() {
            return Err(fail("is empty".to_owned()));
        }
        let public = matches!(self.decoding, KeyDecoding::PublicKey(_));
        if let Some(problem) = misplaced(text, public) {
            return Err(self.refusal(secret, problem));
        }
        let bytes = self.decode(text).ok_or_else(|| fail(self.decoding.misspelled().to_owned()))?;
        if bytes.is_empty() || self.usual_prefix.is_some_and(|prefix| text == prefix.as_bytes()) {
            return Err(fail("is empty behind its prefix".to_owned()));
        }
        if bytes.len() < self.minimum && !secret.is_weak() {
            return Err(fail(format!("is {} bytes long, shorter than {}", bytes.len(), self.minimum)));
        }
        Ok(bytes)
    }

    /// The error for a key that cannot be right.
    pub(crate) fn refusal(&self, secret: &Secret, problem: impl Into<String>) -> ConfigError {
        ConfigError::Key { id: secret.id().to_string(), problem: problem.into(), expected: self.expected.to_owned() }
    }

    /// A warning for a key that builds but looks odd.
    pub(crate) fn warning(&self, secret: &Secret) -> Option<String> {
        let prefix = self.usual_prefix?;
        (!secret.bytes().starts_with(prefix.as_bytes()))
            .then(|| format!("key `{}` does not begin with `{prefix}`; expected {}", secret.id(), self.expected))
    }

    fn decode(&self, text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self.decoding {
            KeyDecoding::Text => Some(Zeroizing::new(text.to_vec())),
            KeyDecoding::Base64After(prefix) => {
                let text = text.strip_prefix(prefix.as_bytes()).unwrap_or(text);
                STANDARD.decode(text).ok().map(Zeroizing::new)
            }
            KeyDecoding::Hex => const_hex::decode(text).ok().map(Zeroizing::new),
            KeyDecoding::PublicKey(prefix) => {
                Some(Zeroizing::new(text.strip_prefix(prefix.as_bytes()).unwrap_or(text).to_vec()))
            }
            KeyDecoding::Function(function) => function(text),
        }
    }
}

/// What is wrong with a key whatever the sender: blanks around it, or a key of another kind.
fn misplaced(text: &[u8], public: bool) -> Option<&'static str> {
    let pem = text.starts_with(b"-----BEGIN ");
    if text.ends_with(b"\n") && !(public && pem) {
        return Some("ends in a newline");
    }
    if text.trim_ascii().len() != text.len() && !(public && pem) {
        return Some("has blanks around it");
    }
    if pem && !public {
        return Some("is a PEM file");
    }
    if text.windows(11).any(|part| part == b"PRIVATE KEY") {
        return Some("is a private key; a receiver needs the public one");
    }
    FOREIGN.iter().find(|(prefix, _)| text.starts_with(prefix.as_bytes())).map(|(_, problem)| *problem)
}
