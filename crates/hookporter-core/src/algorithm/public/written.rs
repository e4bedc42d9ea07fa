//! A public key as people have it, before its algorithm judges it.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::{der, jwk, pem};
use crate::algorithm::Algorithm;

/// The bytes of a public key, and what is known of its kind.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Bytes that say nothing of their kind.
    Raw(Vec<u8>),
    /// A compressed point of Ed25519.
    Ed25519(Vec<u8>),
    /// A point of P-256 in SEC 1 form.
    P256(Vec<u8>),
    /// A point of P-384 in SEC 1 form.
    P384(Vec<u8>),
    /// Big-endian numbers.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
}

impl Written {
    /// Reads hexadecimal, base64, PEM or a JSON web key.
    pub(super) fn read(algorithm: Algorithm, text: &[u8]) -> Result<Self, &'static str> {
        let text = text.trim_ascii();
        if text.starts_with(b"whsk_") {
            return Err(super::PRIVATE);
        }
        if text.starts_with(b"{") {
            return jwk::read(text, algorithm);
        }
        if text.starts_with(b"-----BEGIN ") {
            let (label, bytes) = pem::read(text)?;
            return match label {
                "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => der::public_key(&bytes),
                _ if label.ends_with("PRIVATE KEY") => Err(super::PRIVATE),
                _ => Err("is a PEM file of another kind than `PUBLIC KEY`, `RSA PUBLIC KEY` or `CERTIFICATE`"),
            };
        }
        let bytes = decode(text).ok_or("is neither hexadecimal, base64, PEM nor a JSON web key")?;
        match bytes.len() {
            // A point may begin with any byte, so that of a sequence, too; no structure is as short.
            0..=33 | 64 | 65 => Ok(Self::Raw(bytes.to_vec())),
            _ if bytes.starts_with(&[der::SEQUENCE]) => der::public_key(&bytes),
            _ => Ok(Self::Raw(bytes.to_vec())),
        }
    }
}

/// Hexadecimal, or base64 of either alphabet, with its padding or without.
pub(super) fn decode(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    const EITHER: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, EITHER);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, EITHER);
    let bytes = if text.len().is_multiple_of(2) && text.iter().all(u8::is_ascii_hexdigit) {
        const_hex::decode(text).ok()
    } else if text.iter().any(|byte| b"-_".contains(byte)) {
        URL_SAFE.decode(text).ok()
    } else {
        STANDARD.decode(text).ok()
    };
    bytes.map(Zeroizing::new)
}
