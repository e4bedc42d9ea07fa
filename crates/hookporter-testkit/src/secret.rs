//! The secret that a sender signs with.

use hookporter_core::Secret;

/// The secret that a sender signs with: for an asymmetric sender the private key, else what the receiver has too.
///
/// Text converts into one, and may be as short as a test likes.
#[derive(Debug, Clone)]
pub struct SenderSecret(Secret);

impl SenderSecret {
    pub(crate) fn into_inner(self) -> Secret {
        self.0
    }
}

impl From<&str> for SenderSecret {
    fn from(text: &str) -> Self {
        Self(Secret::weak(text))
    }
}

impl From<String> for SenderSecret {
    fn from(text: String) -> Self {
        Self(Secret::weak(text))
    }
}

impl From<&String> for SenderSecret {
    fn from(text: &String) -> Self {
        Self(Secret::weak(text))
    }
}

impl From<Secret> for SenderSecret {
    fn from(secret: Secret) -> Self {
        Self(secret.allow_weak())
    }
}

impl From<&Secret> for SenderSecret {
    fn from(secret: &Secret) -> Self {
        Self(secret.clone().allow_weak())
    }
}
