//! What an endpoint knows for its sender's handshakes.

use std::future::Future;

use hookporter_core::{ConfigError, Provider, Secret};

use crate::Endpoint;
use crate::handoff::BoxError;
use crate::handshake_secret::{HandshakeSecret, SecretHook};

/// Handshakes.
impl Endpoint {
    /// Sets the verify token: what you typed into the sender's dashboard beside the URL, and what its challenge must
    /// say (Meta). Compared in constant time. Default: none, and then the challenge is refused.
    ///
    /// ```
    /// use hookporter_core::Secret;
    /// use hookporter_pipeline::Endpoint;
    ///
    /// # #[cfg(feature = "messaging")]
    /// let meta = Endpoint::meta(Secret::new("0123456789abcdef0123456789abcdef"))?
    ///     .verify_token(Secret::new("what I typed into the dashboard"))?;
    /// # Ok::<(), hookporter_core::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::Setting`] for an empty token, and for a sender that has none.
    pub fn verify_token(self, token: Secret) -> Result<Self, ConfigError> {
        let problem = if !self.provider.is_some_and(Provider::uses_verify_token) {
            "this sender's challenge has none"
        } else if token.is_empty() {
            "an empty one is no token"
        } else {
            return Ok(Self { verify_token: Some(token), ..self });
        };
        Err(ConfigError::Setting { setting: "verify_token", problem: problem.to_owned() })
    }

    /// Gives the secret that a sender hands over with its handshake (Asana, Notion) to an async function that keeps it.
    /// The handshake is answered once it succeeded; an error is told 503, and the sender tries again or says so.
    ///
    /// Anybody can hand over a secret: see [`HandshakeSecret`]. Default: none, and then such a handshake is refused.
    pub fn on_handshake_secret<F, R, E>(self, keep: F) -> Self
    where
        F: Fn(HandshakeSecret) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        Self { on_secret: Some(SecretHook::new(keep)), ..self }
    }
}
