//! Public keys: reading what people have, and checking signatures with it.

mod der;
#[cfg(feature = "ed25519")]
mod ed25519;
pub(crate) mod jwk;
#[cfg(feature = "ecdsa")]
mod p256;
#[cfg(feature = "ecdsa")]
mod p384;
mod pem;
#[cfg(feature = "rsa")]
mod rsa;
#[cfg(feature = "sign")]
mod sign;
mod written;

#[cfg(feature = "sign")]
pub(crate) use sign::sign;

use crate::algorithm::Algorithm;
use written::Written;

const PRIVATE: &str = "is a private key; a receiver needs the public one";

/// A public key, ready to check signatures.
#[derive(Clone)]
pub(crate) enum PublicKey {
    #[cfg(feature = "ed25519")]
    Ed25519(ed25519_dalek::VerifyingKey),
    #[cfg(feature = "ecdsa")]
    P256Der(::p256::ecdsa::VerifyingKey),
    #[cfg(feature = "ecdsa")]
    P256Raw(::p256::ecdsa::VerifyingKey),
    #[cfg(feature = "ecdsa")]
    P384Raw(Box<::p384::ecdsa::VerifyingKey>),
    #[cfg(feature = "rsa")]
    Rsa(rsa::Hash, rsa::Key),
    #[cfg(feature = "rsa")]
    RsaPss(rsa::Key),
}

impl PublicKey {
    /// Reads a key for `algorithm` from hexadecimal or base64 (of the bare key or of its SubjectPublicKeyInfo), PEM
    /// (`PUBLIC KEY`, `RSA PUBLIC KEY`, `CERTIFICATE`) or a JSON web key; what is wrong with it otherwise.
    pub(crate) fn parse(algorithm: Algorithm, text: &[u8]) -> Result<Self, &'static str> {
        let written = Written::read(algorithm, text)?;
        match algorithm {
            #[cfg(feature = "ed25519")]
            Algorithm::Ed25519 => ed25519::key(written).map(Self::Ed25519),
            #[cfg(feature = "ecdsa")]
            Algorithm::EcdsaP256Der => p256::key(written).map(Self::P256Der),
            #[cfg(feature = "ecdsa")]
            Algorithm::EcdsaP256Raw => p256::key(written).map(Self::P256Raw),
            #[cfg(feature = "ecdsa")]
            Algorithm::EcdsaP384Raw => p384::key(written).map(|key| Self::P384Raw(Box::new(key))),
            #[cfg(feature = "rsa")]
            Algorithm::RsaPkcs1Sha256 => rsa::key(written).map(|key| Self::Rsa(rsa::Hash::Sha256, key)),
            #[cfg(feature = "rsa")]
            Algorithm::RsaPkcs1Sha1 => rsa::key(written).map(|key| Self::Rsa(rsa::Hash::Sha1, key)),
            #[cfg(feature = "rsa")]
            Algorithm::RsaPssSha512 => rsa::key(written).map(Self::RsaPss),
            _ => Err("is a public key, and the algorithm takes a shared secret"),
        }
    }

    /// Whether `signature` is this key's signature of `message` with `algorithm`, which is one of several that the scheme
    /// pins for the same key.
    pub(crate) fn verify_with(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match (self, algorithm) {
            #[cfg(feature = "ed25519")]
            (Self::Ed25519(key), Algorithm::Ed25519) => ed25519::verify(key, message, signature),
            #[cfg(feature = "ecdsa")]
            (Self::P256Der(key) | Self::P256Raw(key), Algorithm::EcdsaP256Der) => {
                p256::verify_der(key, message, signature)
            }
            #[cfg(feature = "ecdsa")]
            (Self::P256Der(key) | Self::P256Raw(key), Algorithm::EcdsaP256Raw) => {
                p256::verify_raw(key, message, signature)
            }
            #[cfg(feature = "rsa")]
            (Self::Rsa(_, key), Algorithm::RsaPkcs1Sha1) => rsa::verify(rsa::Hash::Sha1, key, message, signature),
            #[cfg(feature = "rsa")]
            (Self::Rsa(_, key), Algorithm::RsaPkcs1Sha256) => rsa::verify(rsa::Hash::Sha256, key, message, signature),
            _ => false,
        }
    }

    /// Whether this key is for `algorithm`, one that tokens have.
    #[cfg(feature = "jwt")]
    pub(crate) const fn is_for(&self, algorithm: Algorithm) -> bool {
        match self {
            #[cfg(feature = "ed25519")]
            Self::Ed25519(_) => matches!(algorithm, Algorithm::Ed25519),
            #[cfg(feature = "ecdsa")]
            Self::P256Der(_) => false,
            #[cfg(feature = "ecdsa")]
            Self::P256Raw(_) => matches!(algorithm, Algorithm::EcdsaP256Raw),
            #[cfg(feature = "ecdsa")]
            Self::P384Raw(_) => matches!(algorithm, Algorithm::EcdsaP384Raw),
            #[cfg(feature = "rsa")]
            Self::Rsa(hash, _) => matches!((hash, algorithm), (rsa::Hash::Sha256, Algorithm::RsaPkcs1Sha256)),
            #[cfg(feature = "rsa")]
            Self::RsaPss(_) => matches!(algorithm, Algorithm::RsaPssSha512),
        }
    }

    /// Whether `signature` is this key's signature of `message`.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            #[cfg(feature = "ed25519")]
            Self::Ed25519(key) => ed25519::verify(key, message, signature),
            #[cfg(feature = "ecdsa")]
            Self::P256Der(key) => p256::verify_der(key, message, signature),
            #[cfg(feature = "ecdsa")]
            Self::P256Raw(key) => p256::verify_raw(key, message, signature),
            #[cfg(feature = "ecdsa")]
            Self::P384Raw(key) => p384::verify(key, message, signature),
            #[cfg(feature = "rsa")]
            Self::Rsa(hash, key) => rsa::verify(*hash, key, message, signature),
            #[cfg(feature = "rsa")]
            Self::RsaPss(key) => rsa::verify_pss(key, message, signature),
        }
    }
}

#[cfg(test)]
mod tests;
