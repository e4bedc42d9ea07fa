//! Schemes whose keys say which algorithm they are for.

use crate::algorithm::{Algorithm, Material};

/// Every algorithm that a token can have here; the first one takes a shared secret.
pub(super) const ALL: &[Algorithm] = &[
    Algorithm::HmacSha256,
    #[cfg(feature = "rsa")]
    Algorithm::RsaPkcs1Sha256,
    #[cfg(feature = "ecdsa")]
    Algorithm::EcdsaP256Raw,
    #[cfg(feature = "ed25519")]
    Algorithm::Ed25519,
];

/// The algorithm that a receiver's key is for. What is written like a public key is never taken for a secret: whoever has
/// the public key could sign with it.
pub(super) fn of(key: &[u8]) -> Result<Algorithm, &'static str> {
    if !is_structured(key) {
        return Ok(Algorithm::HmacSha256);
    }
    let public = ALL.iter().filter(|algorithm| algorithm.is_asymmetric());
    let fitting = public.copied().find(|algorithm| Material::new(*algorithm, key).is_ok());
    fitting.ok_or("is no public key for RS256, ES256 or EdDSA, or for one whose feature is off")
}

/// The algorithm that a sender's key signs with.
#[cfg(feature = "sign")]
pub(super) fn signing(key: &[u8]) -> Algorithm {
    #[cfg(any(feature = "ed25519", feature = "ecdsa", feature = "rsa"))]
    if is_structured(key) {
        let signs = |algorithm: &Algorithm| crate::algorithm::public::sign(*algorithm, key, b"").is_ok();
        let private = ALL.iter().filter(|algorithm| algorithm.is_asymmetric()).copied().find(signs);
        return private.unwrap_or(Algorithm::HmacSha256);
    }
    let _ = key;
    Algorithm::HmacSha256
}

/// Whether a key is written as PEM or as a JSON web key.
fn is_structured(key: &[u8]) -> bool {
    let key = key.trim_ascii_start();
    key.starts_with(b"-----BEGIN ") || key.starts_with(b"{")
}
