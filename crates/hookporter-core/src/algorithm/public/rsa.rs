//! RSA with PKCS#1 v1.5 padding and SHA-256 or, for senders that know nothing better, SHA-1; or PSS padding and SHA-512.

use ring::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};

use super::written::Written;

/// The two numbers of a key.
pub(super) type Key = RsaPublicKeyComponents<Box<[u8]>>;

/// What a message is hashed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
}

/// The key, if it is long enough to trust, short enough to check, and not of a kind that anybody can sign for.
pub(super) fn key(written: Written) -> Result<Key, &'static str> {
    let Written::Rsa { modulus, exponent } = written else {
        return Err("is not an RSA key (PEM or a JSON web key)");
    };
    let (Some(&first), Some(&last)) = (modulus.first(), modulus.last()) else {
        return Err("has no modulus");
    };
    if first == 0 || exponent.first().is_none_or(|first| *first == 0) {
        return Err("holds a number with leading zeros");
    }
    let bits = modulus.len().saturating_mul(8).saturating_sub(usize::try_from(first.leading_zeros()).unwrap_or(0));
    if !(2048..=8192).contains(&bits) {
        return Err("is not 2048 to 8192 bits long");
    }
    if last.is_multiple_of(2) {
        return Err("has an even modulus");
    }
    // What `ring` takes: odd, from 3 to 33 bits.
    let value = exponent.iter().try_fold(0_u64, |value, byte| value.checked_mul(256)?.checked_add(u64::from(*byte)));
    if !value.is_some_and(|value| (3..1 << 33).contains(&value) && !value.is_multiple_of(2)) {
        return Err("has an exponent that is not an odd number from 3 to 33 bits");
    }
    Ok(Key { n: modulus.into_boxed_slice(), e: exponent.into_boxed_slice() })
}

pub(super) fn verify(hash: Hash, key: &Key, message: &[u8], signature: &[u8]) -> bool {
    let parameters = match hash {
        Hash::Sha1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
    };
    key.verify(parameters, message, signature).is_ok()
}

/// Checks a signature with PSS padding and SHA-512, the salt as long as the hash.
pub(super) fn verify_pss(key: &Key, message: &[u8], signature: &[u8]) -> bool {
    key.verify(&ring::signature::RSA_PSS_2048_8192_SHA512, message, signature).is_ok()
}

/// Signs with a PKCS#8 or PKCS#1 structure.
#[cfg(feature = "sign")]
pub(super) fn sign(key: &[u8], message: &[u8]) -> Result<Vec<u8>, &'static str> {
    sign_as(&ring::signature::RSA_PKCS1_SHA256, key, message)
}

/// Signs with PSS padding and SHA-512; each signature is another one.
#[cfg(feature = "sign")]
pub(super) fn sign_pss(key: &[u8], message: &[u8]) -> Result<Vec<u8>, &'static str> {
    sign_as(&ring::signature::RSA_PSS_SHA512, key, message)
}

#[cfg(feature = "sign")]
fn sign_as(
    encoding: &'static dyn ring::signature::RsaEncoding,
    key: &[u8],
    message: &[u8],
) -> Result<Vec<u8>, &'static str> {
    use ring::signature::RsaKeyPair;
    let key = RsaKeyPair::from_pkcs8(key)
        .or_else(|_| RsaKeyPair::from_der(key))
        .map_err(|_| "is not an RSA private key of 2048 to 4096 bits (PEM)")?;
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(encoding, &ring::rand::SystemRandom::new(), message, &mut signature)
        .map_err(|_| "could not be used to sign")?;
    Ok(signature)
}
