//! Encryption at rest: one key, and what it makes of bytes that are to be kept.

use std::fmt;

use chacha20poly1305::aead::{Aead, Generate, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::{ConfigError, KeyId, Secret};

/// Bytes in front of what is encrypted. Random, and so long that no two are ever alike.
const NONCE: usize = 24;
const KEY: usize = 32;
const EXPECTED: &str = "32 random bytes as 64 hex digits or in base64, as `openssl rand -hex 32` makes them";

/// A key that contents of events are encrypted with before they are kept: XChaCha20-Poly1305, which also shows whether
/// they were changed.
///
/// ```
/// use hookporter_core::{Secret, SealingKey};
///
/// let text = "3f1d0c7a5b9e24861f0d7c3a5e9b28463f1d0c7a5b9e24861f0d7c3a5e9b2846";
/// let key = SealingKey::new(&Secret::new(text).named("2026-11"))?;
/// let sealed = key.seal(b"invoice 7", b"of acme").ok_or("no randomness")?;
/// assert_eq!(key.open(&sealed, b"of acme").as_deref(), Some(&b"invoice 7"[..]));
/// assert_eq!(key.open(&sealed, b"of another"), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SealingKey {
    id: KeyId,
    cipher: XChaCha20Poly1305,
}

impl SealingKey {
    /// The key in a secret: 32 random bytes, as 64 hex digits or in base64.
    ///
    /// # Errors
    /// [`ConfigError::Key`] for anything else, and for 32 equal bytes.
    pub fn new(secret: &Secret) -> Result<Self, ConfigError> {
        let text = secret.bytes().trim_ascii();
        let problem = |problem: &str| ConfigError::Key {
            id: secret.id().to_string(),
            problem: problem.to_owned(),
            expected: EXPECTED.to_owned(),
        };
        let bytes = decoded(text).ok_or_else(|| problem("is no key for encryption at rest"))?;
        if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
            return Err(problem("is a byte that repeats"));
        }
        let cipher = XChaCha20Poly1305::new_from_slice(&*bytes).map_err(|_| problem("has another length"))?;
        Ok(Self { id: secret.id().clone(), cipher })
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// Encrypts `bytes`; they open only together with the same `context`. `None` where the system gives no randomness.
    #[must_use]
    pub fn seal(&self, bytes: &[u8], context: &[u8]) -> Option<Vec<u8>> {
        let nonce = XNonce::try_generate().ok()?;
        let encrypted = self.cipher.encrypt(&nonce, Payload { msg: bytes, aad: context }).ok()?;
        Some([&nonce[..], &encrypted].concat())
    }

    /// Opens what [`SealingKey::seal`] made; `None` if it was made by another key, for another context, or was changed.
    #[must_use]
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Option<Vec<u8>> {
        let (nonce, encrypted) = sealed.split_at_checked(NONCE)?;
        let nonce = XNonce::try_from(nonce).ok()?;
        self.cipher.decrypt(&nonce, Payload { msg: encrypted, aad: context }).ok()
    }
}

fn decoded(text: &[u8]) -> Option<Zeroizing<[u8; KEY]>> {
    let mut key = Zeroizing::new([0; KEY]);
    if text.len() == 64 {
        return const_hex::decode_to_slice(text, &mut *key).is_ok().then_some(key);
    }
    let decode = |engine: &base64::engine::GeneralPurpose| {
        let mut bytes = Zeroizing::new([0; KEY + 2]);
        match base64::Engine::decode_slice(engine, text, &mut *bytes) {
            Ok(KEY) => bytes.first_chunk::<KEY>().map(|bytes| Zeroizing::new(*bytes)),
            _ => None,
        }
    };
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
    [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD].into_iter().find_map(decode)
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKey").field("id", &self.id.as_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn a_key_is_read_from_hex_and_from_base64() {
        let sealed = SealingKey::new(&Secret::new(HEX)).unwrap().seal(b"a", b"b").unwrap();
        for text in [
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            " 000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\n",
        ] {
            let key = SealingKey::new(&Secret::new(text)).unwrap();
            assert_eq!(key.open(&sealed, b"b").as_deref(), Some(&b"a"[..]), "{text}");
        }
    }

    #[test]
    fn what_is_no_key_does_not_build_and_is_not_shown() {
        let short = HEX.get(..62).unwrap();
        for text in ["", "password", short, &"00".repeat(32), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg=="] {
            let error = SealingKey::new(&Secret::new(text).named("disk")).unwrap_err().to_string();
            assert!(error.starts_with("key `disk` is ") && error.contains("openssl"), "{error}");
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }

    #[test]
    fn every_changed_byte_shows() {
        let key = SealingKey::new(&Secret::new(HEX)).unwrap();
        let sealed = key.seal(b"invoice", b"acme").unwrap();
        assert_ne!(sealed, key.seal(b"invoice", b"acme").unwrap(), "no two are alike");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open(&changed, b"acme"), None, "byte {at}");
            assert_eq!(key.open(&sealed[..at], b"acme"), None, "the first {at} bytes");
        }
        assert_eq!(key.open(&sealed, b"acm"), None);
    }
}
