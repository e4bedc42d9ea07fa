//! The keyring: an endpoint's ordered secrets, several of them valid at once during a rotation.

use std::collections::HashSet;

use crate::algorithm::Material;
use crate::key_parts::KeyParts;
use crate::{ConfigError, KeyId, Secret, UnixTime};

/// The ordered secrets of an endpoint.
///
/// ```
/// use hookporter_core::{Keyring, Secret};
/// let keyring = Keyring::from(Secret::new("the secret that is valid today").named("2026-11"))
///     .add(Secret::new("the one that is on its way out").named("2026-05"));
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Keyring {
    secrets: Vec<Secret>,
}

impl Keyring {
    /// An empty keyring; an endpoint refuses it, a source of keys may return it for a tenant whose keys are revoked.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a secret. All of them are tried, at the same cost whichever fits.
    #[expect(clippy::should_implement_trait, reason = "adding to a keyring is no arithmetic")]
    pub fn add(mut self, secret: Secret) -> Self {
        self.secrets.push(secret);
        self
    }

    /// The secrets, in order.
    #[must_use]
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }
}

impl From<Secret> for Keyring {
    fn from(secret: Secret) -> Self {
        Self { secrets: vec![secret] }
    }
}

impl From<Vec<Secret>> for Keyring {
    fn from(secrets: Vec<Secret>) -> Self {
        Self { secrets }
    }
}

impl<const N: usize> From<[Secret; N]> for Keyring {
    fn from(secrets: [Secret; N]) -> Self {
        Self { secrets: secrets.into() }
    }
}

/// A keyring made ready for one scheme: decoded, checked, MAC states keyed once.
///
/// Made by [`Verifier::prepare`](crate::Verifier::prepare).
#[derive(Debug, Clone)]
pub struct PreparedKeyring {
    keys: Vec<PreparedKey>,
    warnings: Vec<String>,
}

/// One key, ready for use.
#[derive(Debug, Clone)]
pub(crate) struct PreparedKey {
    pub(crate) id: KeyId,
    pub(crate) expires: Option<UnixTime>,
    pub(crate) material: Material,
    /// What belongs to the key beside itself, as far as the scheme asks for it.
    pub(crate) parts: KeyParts,
    /// What of the key is no secret, where its sender's answers say it.
    pub(crate) public_part: Option<String>,
}

/// What a secret becomes for one scheme.
pub(crate) struct Prepared {
    pub(crate) material: Material,
    pub(crate) parts: KeyParts,
    pub(crate) warning: Option<String>,
    /// When the key itself says that it stops counting.
    pub(crate) expires: Option<UnixTime>,
    pub(crate) public_part: Option<String>,
}

impl PreparedKeyring {
    /// Prepares every secret with `prepare`.
    pub(crate) fn new(
        keyring: &Keyring,
        mut prepare: impl FnMut(&Secret) -> Result<Prepared, ConfigError>,
    ) -> Result<Self, ConfigError> {
        if keyring.secrets.is_empty() {
            return Err(ConfigError::NoKey);
        }
        let mut ids = HashSet::new();
        let mut prepared = Self { keys: Vec::new(), warnings: Vec::new() };
        for secret in &keyring.secrets {
            if !ids.insert(secret.id()) {
                return Err(ConfigError::DuplicateKeyId { id: secret.id().to_string() });
            }
            let Prepared { material, parts, warning, expires, public_part } = prepare(secret)?;
            let expires = [secret.expiry(), expires].into_iter().flatten().min();
            prepared.warnings.extend(warning);
            prepared.keys.push(PreparedKey { id: secret.id().clone(), expires, material, parts, public_part });
        }
        Ok(prepared)
    }

    /// What looks odd about the keys although they build.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The ids of the keys, in order.
    pub fn ids(&self) -> impl Iterator<Item = &KeyId> {
        self.keys.iter().map(|key| &key.id)
    }

    /// The same without the keys that `is_gone` names.
    #[must_use]
    pub fn without(&self, is_gone: impl Fn(&KeyId) -> bool) -> Self {
        let keys = self.keys.iter().filter(|key| !is_gone(&key.id)).cloned().collect();
        Self { keys, warnings: self.warnings.clone() }
    }

    /// No key: for a check whose keys come once the body names them.
    pub(crate) const fn empty() -> Self {
        Self { keys: Vec::new(), warnings: Vec::new() }
    }

    /// What belongs to the key of this id.
    pub(crate) fn parts(&self, id: &KeyId) -> Option<&KeyParts> {
        self.keys.iter().find(|key| key.id == *id).map(|key| &key.parts)
    }

    /// The keys that have not expired at `now`.
    pub(crate) fn live(&self, now: UnixTime) -> impl Iterator<Item = &PreparedKey> {
        self.keys.iter().filter(move |key| key.expires.is_none_or(|expires| now < expires))
    }
}
