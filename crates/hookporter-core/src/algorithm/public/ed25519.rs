//! Ed25519, strict.

use ed25519_dalek::{Signature, VerifyingKey};

use super::written::Written;

/// The key, unless it is no point, written in a second way, or one that forged signatures fit.
pub(super) fn key(written: Written) -> Result<VerifyingKey, &'static str> {
    let (Written::Raw(bytes) | Written::Ed25519(bytes)) = written else {
        return Err("is not an Ed25519 key");
    };
    let bytes: [u8; 32] = bytes.try_into().map_err(|bytes: Vec<u8>| length_problem(bytes.len()))?;
    let key = VerifyingKey::from_bytes(&bytes).map_err(|_| "is not a point of Ed25519")?;
    if key.is_weak() {
        return Err("is a weak key (of small order): anybody could sign for it");
    }
    if key.to_edwards().compress().as_bytes() != &bytes {
        return Err("is not the canonical form of its point");
    }
    Ok(key)
}

const fn length_problem(length: usize) -> &'static str {
    match length {
        31 => "is 31 bytes long, not 32",
        33 => "is 33 bytes long, not 32",
        64 => "is 64 bytes long, not 32; that is how long a private key with its public half is",
        _ => "is not 32 bytes long",
    }
}

pub(super) fn verify(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    Signature::from_slice(signature).is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
}

/// Signs with a seed, a seed and its public half, or a PKCS#8 structure.
#[cfg(feature = "sign")]
pub(super) fn sign(key: &[u8], message: &[u8]) -> Result<Vec<u8>, &'static str> {
    use super::der::{Der, ED25519, OCTET_STRING, private_key};
    use ed25519_dalek::{Signer, SigningKey};
    let key = private_key(key, ED25519).and_then(|key| Der::new(key).take(OCTET_STRING)).unwrap_or(key);
    let key = if let Ok(seed) = key.try_into() {
        SigningKey::from_bytes(seed)
    } else {
        let pair = key.try_into().map_err(|_| "is neither a seed of 32 bytes nor a key pair of 64")?;
        SigningKey::from_keypair_bytes(pair).map_err(|_| "is a key pair whose halves do not belong together")?
    };
    Ok(key.sign(message).to_bytes().to_vec())
}
