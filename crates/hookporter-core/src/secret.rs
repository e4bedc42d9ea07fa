//! A secret: wiped on drop, printed as nothing.

use smol_str::SmolStr;
use std::fmt;
use zeroize::Zeroizing;

use crate::key_parts::KeyParts;
use crate::{ConfigError, UnixTime};

/// The id of a key: the user's name for it, else the name of the variable or file it came from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(SmolStr);

impl KeyId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for KeyId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One key of an endpoint, as the provider's dashboard shows it.
///
/// Its bytes are wiped on drop and never printed; they are compared in constant time only. What a right secret looks
/// like depends on the provider and is checked when the endpoint is built.
///
/// ```
/// use hookporter_core::Secret;
/// let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").named("2026-11");
/// assert_eq!(format!("{secret:?}"), r#"Secret { id: "2026-11", .. }"#);
/// ```
#[derive(Clone)]
pub struct Secret {
    id: KeyId,
    value: Zeroizing<Vec<u8>>,
    weak: bool,
    expires: Option<UnixTime>,
    parts: KeyParts,
}

impl Secret {
    /// A secret from a value. Default id: `secret`.
    #[must_use]
    pub fn new(value: impl AsRef<[u8]>) -> Self {
        Self {
            id: KeyId::from("secret"),
            value: Zeroizing::new(value.as_ref().to_vec()),
            weak: false,
            expires: None,
            parts: KeyParts::default(),
        }
    }

    /// A secret that may be shorter than the provider's minimum. For senders' test values; a short secret can be guessed.
    #[must_use]
    pub fn weak(value: impl AsRef<[u8]>) -> Self {
        Self { weak: true, ..Self::new(value) }
    }

    /// The value of an environment variable; its name is the key's id.
    ///
    /// # Errors
    /// [`ConfigError::Environment`] if the variable is not set or not Unicode.
    pub fn env(variable: &str) -> Result<Self, ConfigError> {
        let value = std::env::var(variable)
            .map(Zeroizing::new)
            .map_err(|_| ConfigError::Environment { variable: variable.to_owned() })?;
        Ok(Self::new(value.as_bytes()).named(variable))
    }

    /// Sets the key's id: what journal, metrics and health call it. Needed where an endpoint has several keys.
    #[must_use]
    pub fn named(self, id: &str) -> Self {
        Self { id: KeyId::from(id), ..self }
    }

    /// Sets the moment from which this key no longer counts. Default: never.
    #[must_use]
    pub fn expires_at(self, moment: UnixTime) -> Self {
        Self { expires: Some(moment), ..self }
    }

    /// Sets what belongs to this key beside itself, where the sender's proofs depend on it: LiveKit's `api_key`, PayPal's
    /// `webhook_id`. The same can be said in the secret's own text, as a JSON object with these members. Default: none.
    #[must_use]
    pub fn with_part(mut self, name: &str, value: &str) -> Self {
        self.parts.set(name, Zeroizing::new(value.to_owned()));
        self
    }

    /// Whether a part of this name was set with [`Secret::with_part`].
    #[must_use]
    pub fn has_part(&self, name: &str) -> bool {
        self.parts.get(name).is_some()
    }

    /// Lets this secret be shorter than the provider's minimum, as [`Secret::weak`] does.
    #[must_use]
    pub fn allow_weak(self) -> Self {
        Self { weak: true, ..self }
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// The moment from which this key no longer counts.
    #[must_use]
    pub fn expiry(&self) -> Option<UnixTime> {
        self.expires
    }

    /// Whether there is nothing in it but blanks.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.value.trim_ascii().is_empty()
    }

    pub(crate) fn is_weak(&self) -> bool {
        self.weak
    }

    /// This secret with another text.
    pub(crate) fn with_text(&self, text: &str) -> Self {
        Self { value: Zeroizing::new(text.as_bytes().to_vec()), ..self.clone() }
    }

    /// This secret with other bytes.
    #[cfg(feature = "diagnosis")]
    pub(crate) fn with_bytes(&self, bytes: &[u8]) -> Self {
        Self { value: Zeroizing::new(bytes.to_vec()), ..self.clone() }
    }

    /// This secret as if it never expired.
    #[cfg(feature = "diagnosis")]
    pub(crate) fn without_expiry(self) -> Self {
        Self { expires: None, ..self }
    }

    pub(crate) fn parts(&self) -> &KeyParts {
        &self.parts
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.value
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("id", &self.id.as_str()).finish_non_exhaustive()
    }
}
