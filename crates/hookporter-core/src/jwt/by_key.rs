//! Schemes whose keys say which algorithm they are for.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

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
    if !is_structured(key) && !is_bare_der(key) {
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

/// Whether a key is a public key or a certificate in DER, in base64 or hexadecimal without the lines of PEM around it: a
/// sequence as long as the whole, which begins with a sequence or a number. A random secret as good as never is one.
///
/// It is looked at whatever features are on, since a secret that everybody knows is one where public keys are off, too.
fn is_bare_der(key: &[u8]) -> bool {
    const SEQUENCE: u8 = 0x30;
    const NUMBER: u8 = 0x02;
    let written = key.iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != b'=');
    let standard = written.map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => *other,
    });
    let text: Zeroizing<Vec<u8>> = Zeroizing::new(standard.collect());
    let decoded = const_hex::decode(&*text).ok().or_else(|| STANDARD_NO_PAD.decode(&*text).ok());
    let decoded = Zeroizing::new(decoded.unwrap_or_default());
    let (length, content) = match decoded.as_slice() {
        [SEQUENCE, length @ ..=0x7f, content @ ..] | [SEQUENCE, 0x81, length, content @ ..] => {
            (usize::from(*length), content)
        }
        [SEQUENCE, 0x82, high, low, content @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), content),
        _ => return false,
    };
    content.len() == length && matches!(content, [SEQUENCE | NUMBER, ..])
}
