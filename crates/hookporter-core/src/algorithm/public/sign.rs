//! Signing with a private key: what the test kit does, never a receiver.

use super::{pem, written};
use crate::algorithm::Algorithm;

/// The signature of `message` with a private key in hexadecimal, base64 or PEM; what is wrong with the key otherwise.
pub(crate) fn sign(algorithm: Algorithm, private_key: &[u8], message: &[u8]) -> Result<Vec<u8>, &'static str> {
    let text = private_key.trim_ascii();
    let key = if text.starts_with(b"-----BEGIN ") {
        pem::read(text)?.1
    } else {
        written::decode(text).ok_or("is neither hexadecimal, base64 nor PEM")?
    };
    match algorithm {
        #[cfg(feature = "ed25519")]
        Algorithm::Ed25519 => super::ed25519::sign(&key, message),
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP256Der => Ok(super::p256::sign(&key, message)?.to_der().as_bytes().to_vec()),
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP256Raw => Ok(super::p256::sign(&key, message)?.to_bytes().to_vec()),
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP384Raw => Ok(super::p384::sign(&key, message)?.to_bytes().to_vec()),
        #[cfg(feature = "rsa")]
        Algorithm::RsaPkcs1Sha256 => super::rsa::sign(&key, message),
        #[cfg(feature = "rsa")]
        Algorithm::RsaPssSha512 => super::rsa::sign_pss(&key, message),
        _ => Err("is a private key, and the algorithm takes a shared secret"),
    }
}
