//! What a right key looks like.

use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
use crate::key_parts::{self, KeyParts};
use crate::scheme::KeyDecoding;
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
    compound: Option<Compound>,
    /// Members of an object, each of which is a key.
    several: &'static [&'static str],
}

/// The members of a compound key.
#[derive(Debug, Clone, Copy)]
struct Compound {
    /// The one that is the key.
    key: &'static str,
    /// Those that come with it.
    parts: &'static [&'static str],
    /// One that may come with it, and what its absence means.
    optional: Option<(&'static str, &'static str)>,
}

/// A key's text, taken out of the object that it may stand in, and what comes with it.
pub(crate) struct Opened {
    pub(crate) text: Zeroizing<Vec<u8>>,
    pub(crate) parts: KeyParts,
}

/// Takes what is no secret out of a key's text.
type PublicPart = fn(&[u8]) -> Option<String>;

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
        Self { decoding, minimum, usual_prefix: None, public_part: None, expected, compound: None, several: &[] }
    }

    /// A public key: hexadecimal, base64, PEM (a certificate's too) or a JSON web key.
    pub const fn public_key(expected: &'static str) -> Self {
        Self::decoded(KeyDecoding::PublicKey(""), 32, expected)
    }

    /// The beginning that this sender's keys usually have; without it the endpoint builds and warns.
    pub const fn usual_prefix(self, prefix: &'static str) -> Self {
        Self { usual_prefix: Some(prefix), ..self }
    }

    /// The key may stand in a JSON object: its member `key` is the key, and the members `parts` belong to it. Where the
    /// text is the key itself, [`Secret::with_part`] brings the parts; without every one of them the endpoint does not
    /// build. Default: the text is the key, and nothing belongs to it.
    pub const fn compound(self, key: &'static str, parts: &'static [&'static str]) -> Self {
        Self { compound: Some(Compound { key, parts, optional: None }), ..self }
    }

    /// The text may be a JSON object with these members, each of which is a key of its own, named after the secret and the
    /// member: `secret.current`. Default: a text is one key.
    pub const fn several(self, members: &'static [&'static str]) -> Self {
        Self { several: members, ..self }
    }

    /// The secrets, with every key of an object of keys on its own.
    pub(crate) fn apart(&self, secrets: &[Secret]) -> Result<Vec<Secret>, ConfigError> {
        let mut all = Vec::new();
        for secret in secrets {
            let object = secret.bytes().trim_ascii_start().starts_with(b"{");
            if self.several.is_empty() || !object {
                all.push(secret.clone());
                continue;
            }
            let members = key_parts::texts(secret.bytes()).filter(|members| {
                !members.is_empty() && members.iter().all(|(name, _)| self.several.contains(&name.as_str()))
            });
            let members = members.ok_or_else(|| {
                self.refusal(secret, format!("is no JSON object of texts named `{}`", self.several.join("`, `")))
            })?;
            for (name, text) in members {
                all.push(secret.with_text(&text).named(&format!("{}.{name}", secret.id())));
            }
        }
        Ok(all)
    }

    /// A member of a compound key that may be left out; `otherwise` warns of what that means.
    #[cfg(all(feature = "rsa", feature = "cloud"))]
    pub(crate) const fn optional_part(mut self, name: &'static str, otherwise: &'static str) -> Self {
        if let Some(compound) = &mut self.compound {
            compound.optional = Some((name, otherwise));
        }
        self
    }

    /// The names of what must come with every key.
    pub(crate) fn parts(&self) -> &'static [&'static str] {
        self.compound.map_or(&[], |compound| compound.parts)
    }

    /// Takes a compound key apart; any other key is its own text.
    pub(crate) fn open(&self, secret: &Secret) -> Result<Opened, ConfigError> {
        let mut opened = Opened { text: Zeroizing::new(secret.bytes().to_vec()), parts: KeyParts::default() };
        let Some(compound) = self.compound else { return Ok(opened) };
        let members = key_parts::members(secret.bytes()).unwrap_or_default();
        if let Some(key) = members.get(compound.key) {
            opened.text = Zeroizing::new(key.as_bytes().to_vec());
        }
        let part = |name: &str| {
            let part = secret.parts().get(name).or_else(|| members.get(name)).filter(|part| !part.is_empty());
            part.map(|part| Zeroizing::new(part.to_owned()))
        };
        for name in compound.parts {
            opened.parts.set(name, part(name).ok_or_else(|| self.refusal(secret, format!("has no `{name}`")))?);
        }
        if let Some((name, _)) = compound.optional
            && let Some(part) = part(name)
        {
            opened.parts.set(name, part);
        }
        Ok(opened)
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
            Self::public_key("a public key in hex, base64, PEM or JWK")
        } else {
            Self::text(16, "a secret of at least 16 bytes (a shorter one: `Secret::weak`)")
        }
    }

    /// The key's bytes, or why it cannot be right.
    #[cfg(any(test, feature = "sign"))]
    pub(crate) fn key_bytes(&self, secret: &Secret) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
        self.opened_bytes(secret, &self.open(secret)?.text)
    }

    /// The bytes of a key whose text was taken out of a compound key.
    pub(crate) fn opened_bytes(&self, secret: &Secret, text: &[u8]) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
        let fail = |problem: String| self.refusal(secret, problem);
        if text.trim_ascii().is_empty() {
            return Err(fail("is empty".to_owned()));
        }
        let public = matches!(self.decoding, KeyDecoding::PublicKey(_));
        if let Some(problem) = misplaced(text, public, self.usual_prefix) {
            return Err(self.refusal(secret, problem));
        }
        let bytes = self.decoding.decode(text).ok_or_else(|| fail(self.decoding.misspelled().to_owned()))?;
        if bytes.is_empty() || self.usual_prefix.is_some_and(|prefix| text == prefix.as_bytes()) {
            return Err(fail("is empty behind its prefix".to_owned()));
        }
        let (whose, length) = self.decoding.measured(&bytes);
        if length < self.minimum && !secret.is_weak() {
            return Err(fail(format!("{whose}is {length} bytes long, shorter than {}", self.minimum)));
        }
        Ok(bytes)
    }

    /// The error for a key that cannot be right.
    pub(crate) fn refusal(&self, secret: &Secret, problem: impl Into<String>) -> ConfigError {
        ConfigError::Key { id: secret.id().to_string(), problem: problem.into(), expected: self.expected.to_owned() }
    }

    /// A warning for a key that builds but looks odd.
    pub(crate) fn warning(&self, secret: &Secret, opened: &Opened) -> Option<String> {
        if let Some((name, otherwise)) = self.compound.and_then(|compound| compound.optional)
            && opened.parts.get(name).is_none()
        {
            return Some(format!("key `{}` has no `{name}`: {otherwise}", secret.id()));
        }
        let prefix = self.usual_prefix?;
        (!opened.text.starts_with(prefix.as_bytes()))
            .then(|| format!("key `{}` does not begin with `{prefix}`; expected {}", secret.id(), self.expected))
    }
}

/// What is wrong with a key whatever the sender: blanks around it, or a key of another kind, unless `usual` is how this
/// sender's own keys begin (Paystack's are API keys).
fn misplaced(text: &[u8], public: bool, usual: Option<&str>) -> Option<&'static str> {
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
    let foreign = |prefix: &str| !usual.is_some_and(|usual| prefix.starts_with(usual));
    FOREIGN
        .iter()
        .find(|(prefix, _)| text.starts_with(prefix.as_bytes()) && foreign(prefix))
        .map(|(_, problem)| *problem)
}

#[cfg(test)]
mod tests;
