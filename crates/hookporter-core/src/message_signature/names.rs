//! The registered names of algorithms (RFC 9421, section 6.2.2).

use crate::algorithm::Algorithm;

/// What `alg` says for an algorithm; `None` for one that message signatures do not have.
pub(super) const fn registered(algorithm: Algorithm) -> Option<&'static str> {
    match algorithm {
        Algorithm::HmacSha256 => Some("hmac-sha256"),
        #[cfg(feature = "ed25519")]
        Algorithm::Ed25519 => Some("ed25519"),
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP256Raw => Some("ecdsa-p256-sha256"),
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP384Raw => Some("ecdsa-p384-sha384"),
        #[cfg(feature = "rsa")]
        Algorithm::RsaPssSha512 => Some("rsa-pss-sha512"),
        #[cfg(feature = "rsa")]
        Algorithm::RsaPkcs1Sha256 => Some("rsa-v1_5-sha256"),
        _ => None,
    }
}
