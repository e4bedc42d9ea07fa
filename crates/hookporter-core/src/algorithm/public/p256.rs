//! ECDSA on P-256 with SHA-256.

use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};

use super::written::Written;

/// The key, if it is a point of the curve.
pub(super) fn key(written: Written) -> Result<VerifyingKey, &'static str> {
    let bytes = match written {
        Written::Raw(bytes) | Written::P256(bytes) => bytes,
        Written::P384(_) => return Err("is a key on another curve than P-256"),
        _ => return Err("is not a P-256 key"),
    };
    match bytes.as_slice() {
        [2 | 3, rest @ ..] if rest.len() == 32 => {}
        [4, rest @ ..] if rest.len() == 64 => {}
        _ => return Err("is not a point of P-256: 33 bytes that begin with 2 or 3, or 65 that begin with 4"),
    }
    VerifyingKey::from_sec1_bytes(&bytes).map_err(|_| "is not a point of P-256")
}

/// Checks a signature in DER, which has one spelling only.
pub(super) fn verify_der(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    Signature::from_der(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
}

/// Checks a signature of r and s, 32 bytes each.
pub(super) fn verify_raw(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    Signature::from_slice(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
}

/// Signs with a scalar, or the PKCS#8 or SEC 1 structure around it.
#[cfg(feature = "sign")]
pub(super) fn sign(key: &[u8], message: &[u8]) -> Result<Signature, &'static str> {
    use p256::ecdsa::SigningKey;
    use p256::ecdsa::signature::Signer;
    let key = SigningKey::from_slice(super::der::scalar(key)).map_err(|_| "is not a private key of P-256")?;
    Ok(key.sign(message))
}
