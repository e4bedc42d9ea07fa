//! What an endpoint demands of a message signature.

use super::component::{Component, Kind};
use super::names;
use super::open::{DIGEST, HeaderNames};
use super::structured::Reader;
use crate::ConfigError;
use crate::algorithm::Algorithm;

/// What an endpoint demands of a message signature.
///
/// Default: `content-digest`, `@method`, and `@target-uri` or `@path` are covered; any label, any tag, any key id.
/// `created` is always demanded.
#[derive(Debug, Clone)]
#[must_use]
pub struct MessageScheme {
    algorithm: Algorithm,
    pub(super) name: &'static str,
    pub(super) label: Option<String>,
    pub(super) tag: Option<String>,
    pub(super) demands_key_id: bool,
    /// Of each of these one must be covered.
    pub(super) required: Vec<Vec<String>>,
    pub(super) headers: HeaderNames,
}

impl MessageScheme {
    /// `hmac-sha256`: a shared secret.
    pub fn hmac_sha256() -> Self {
        Self::new(Algorithm::HmacSha256)
    }

    /// `ed25519`.
    #[cfg(feature = "ed25519")]
    pub fn ed25519() -> Self {
        Self::new(Algorithm::Ed25519)
    }

    /// `ecdsa-p256-sha256`.
    #[cfg(feature = "ecdsa")]
    pub fn ecdsa_p256_sha256() -> Self {
        Self::new(Algorithm::EcdsaP256Raw)
    }

    /// `ecdsa-p384-sha384`.
    #[cfg(feature = "ecdsa")]
    pub fn ecdsa_p384_sha384() -> Self {
        Self::new(Algorithm::EcdsaP384Raw)
    }

    /// `rsa-pss-sha512`.
    #[cfg(feature = "rsa")]
    pub fn rsa_pss_sha512() -> Self {
        Self::new(Algorithm::RsaPssSha512)
    }

    /// `rsa-v1_5-sha256`.
    #[cfg(feature = "rsa")]
    pub fn rsa_v1_5_sha256() -> Self {
        Self::new(Algorithm::RsaPkcs1Sha256)
    }

    fn new(algorithm: Algorithm) -> Self {
        Self {
            algorithm,
            name: names::registered(algorithm).unwrap_or_default(),
            label: None,
            tag: None,
            demands_key_id: false,
            required: Vec::new(),
            headers: HeaderNames::new(),
        }
        .with_required(["content-digest", "@method"])
        .add_required_one_of(["@target-uri", "@path"])
    }

    /// The label of the signature that counts. Default: the only one that fits.
    pub fn label(self, label: &str) -> Self {
        Self { label: Some(label.to_owned()), ..self }
    }

    /// The application that a signature must be made for (`tag`). Default: any.
    pub fn tag(self, tag: &str) -> Self {
        Self { tag: Some(tag.to_owned()), ..self }
    }

    /// Every signature names its key (`keyid`). A name that is one of the keyring's selects that key, whether this is
    /// demanded or not. Default: not demanded.
    pub fn demand_key_id(self) -> Self {
        Self { demands_key_id: true, ..self }
    }

    /// Replaces what every signature must cover: headers (`content-digest`, `x-acme-event`) and derived components
    /// (`@method`, `@target-uri`, `@query-param;name="id"`, …). What is not covered is not proven.
    pub fn with_required<const N: usize>(mut self, components: [&str; N]) -> Self {
        self.required = components.iter().map(|component| vec![identifier(component)]).collect();
        self
    }

    /// Adds components of which every signature must cover one at the least.
    pub fn add_required_one_of<const N: usize>(mut self, components: [&str; N]) -> Self {
        self.required.push(components.map(identifier).into());
        self
    }

    /// The pinned algorithm.
    pub(crate) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether every signature binds the body.
    pub(crate) fn covers_body(&self) -> bool {
        self.demands(DIGEST)
    }

    /// Whether every signature covers the header.
    pub(crate) fn covers_header(&self, name: &str) -> bool {
        self.demands(&identifier(name))
    }

    /// Whether a public URL must be configured: all that may stand for one demanded component comes from it.
    pub(crate) fn needs_url(&self) -> bool {
        let is_of_url =
            |text: &String| Component::read(&mut Reader::new(text)).is_ok_and(|component| component.is_of_url());
        self.required.iter().any(|one_of| one_of.iter().all(is_of_url))
    }

    fn demands(&self, identifier: &str) -> bool {
        self.required.iter().any(|one_of| one_of.iter().all(|text| text == identifier))
    }

    /// This scheme, unless it contradicts itself.
    pub(crate) fn checked(&self) -> Result<Self, ConfigError> {
        let wrong = |what: String| Err(ConfigError::scheme(what));
        for text in self.required.iter().flatten() {
            let mut reader = Reader::new(text);
            let component = Component::read(&mut reader).ok().filter(|_| reader.is_empty());
            match component.map(|component| component.kind) {
                None => return wrong(format!("{text} is no component of a request")),
                Some(Kind::Unsupported(why)) => return wrong(format!("a signature that covers {text} {why}")),
                Some(_) => {}
            }
        }
        if self.required.is_empty() || self.required.iter().any(Vec::is_empty) {
            return wrong("a signature that need cover nothing proves nothing".to_owned());
        }
        if let Some(label) = &self.label {
            let mut reader = Reader::new(label);
            if reader.key().is_err() || !reader.is_empty() {
                return wrong(format!("`{label}` is no label: lower case letters, digits, `_-.*`"));
            }
        }
        Ok(self.clone())
    }
}

/// How an input names a component.
fn identifier(component: &str) -> String {
    match component.split_once(';') {
        Some((name, parameters)) => format!("\"{}\";{parameters}", name.to_ascii_lowercase()),
        None => format!("\"{}\"", component.to_ascii_lowercase()),
    }
}
