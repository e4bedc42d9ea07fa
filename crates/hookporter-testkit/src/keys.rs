//! Keys for tests, of the shape that each sender uses.

use hookporter_core::{ConfigError, Provider};

use crate::profile::Profile;

/// Keys for tests, of the shape that a sender uses. They are published here: never use one outside a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestKeys {
    /// What the sender signs with: the private key, or the shared secret.
    pub sender: &'static str,
    /// What the receiver is given, as the sender's dashboard shows it: the public key, or the shared secret.
    pub receiver: &'static str,
    /// Another key to sign with, which the receiver does not know.
    pub wrong: &'static str,
}

/// Keys for tests of the provider with this id.
///
/// ```
/// let keys = hookporter_testkit::keys("stripe")?;
/// let request = hookporter_testkit::stripe(keys.sender).build();
/// let forged = hookporter_testkit::stripe(keys.wrong).build();
/// # Ok::<(), hookporter_core::ConfigError>(())
/// ```
///
/// # Errors
/// [`ConfigError::UnknownProvider`] if there is none, or its feature is off.
pub fn keys(provider: &str) -> Result<TestKeys, ConfigError> {
    Provider::by_id(provider).map(|provider| Profile::of(provider.id()).keys)
}

/// A key pair for Discord: the private seed and the public key of RFC 8032, section 7.1, test 1, in hexadecimal.
///
/// ```
/// let keys = hookporter_testkit::discord_keys();
/// let request = hookporter_testkit::discord(keys.sender).build();
/// // The endpoint under test gets `keys.receiver`.
/// ```
#[cfg(feature = "ed25519")]
#[cfg_attr(docsrs, doc(cfg(feature = "ed25519")))]
#[must_use]
pub const fn discord_keys() -> TestKeys {
    crate::profile::DISCORD.keys
}

/// A key pair for Standard Webhooks v1a, `whsk_…` and `whpk_…`: the same as [`discord_keys`] in base64.
#[cfg(feature = "ed25519")]
#[cfg_attr(docsrs, doc(cfg(feature = "ed25519")))]
#[must_use]
pub const fn standard_webhooks_v1a_keys() -> TestKeys {
    crate::profile::STANDARD_WEBHOOKS_V1A.keys
}
