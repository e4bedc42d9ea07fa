//! Algorithms: what a proof is computed with, and keys prepared for it.

mod material;
#[cfg(any(feature = "ed25519", feature = "ecdsa", feature = "rsa"))]
pub(crate) mod public;
mod tag;

pub(crate) use material::{Material, State};
pub(crate) use tag::{Fingerprint, Tag, is_same_tag};

/// What a proof is computed with. Pinned by the scheme; a request never chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-1.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
    /// A plain SHA-1 with the key before or after the message.
    KeyedSha1(KeyPlace),
    /// A plain SHA-256 with the key before or after the message.
    KeyedSha256(KeyPlace),
    /// A plain SHA-512 with the key before or after the message.
    KeyedSha512(KeyPlace),
    /// Ed25519 (RFC 8032), strict: no weak keys, no other spelling of a signature.
    #[cfg(feature = "ed25519")]
    Ed25519,
    /// ECDSA on P-256 with SHA-256, signature in DER.
    #[cfg(feature = "ecdsa")]
    EcdsaP256Der,
    /// ECDSA on P-256 with SHA-256, signature as r and s, 32 bytes each (ES256).
    #[cfg(feature = "ecdsa")]
    EcdsaP256Raw,
    /// ECDSA on P-384 with SHA-384, signature as r and s, 48 bytes each (ES384).
    #[cfg(feature = "ecdsa")]
    EcdsaP384Raw,
    /// RSA PKCS#1 v1.5 with SHA-256, keys of 2048 to 8192 bits (RS256).
    #[cfg(feature = "rsa")]
    RsaPkcs1Sha256,
    /// RSA PKCS#1 v1.5 with SHA-1, keys of 2048 to 8192 bits. For senders that still use it (SNS, signature version 1):
    /// whoever can choose a part of what is signed may one day afford a collision.
    #[cfg(feature = "rsa")]
    RsaPkcs1Sha1,
    /// RSA PSS with SHA-512 and a salt of 64 bytes, keys of 2048 to 8192 bits (PS512).
    #[cfg(feature = "rsa")]
    RsaPssSha512,
}

/// On which side of the message a plain hash has its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a message has two ends")]
pub enum KeyPlace {
    /// Key, then message.
    Before,
    /// Message, then key.
    After,
}

impl Algorithm {
    /// Whether the receiver holds a public key instead of a shared secret.
    #[must_use]
    pub const fn is_asymmetric(self) -> bool {
        !matches!(
            self,
            Self::HmacSha1
                | Self::HmacSha256
                | Self::HmacSha512
                | Self::KeyedSha1(_)
                | Self::KeyedSha256(_)
                | Self::KeyedSha512(_)
        )
    }
}
