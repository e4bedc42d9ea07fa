//! The little DER it takes to find a key in the structures that people are handed.
//!
//! Keys come from the endpoint's own configuration, once, at start-up; the reader is strict all the same: definite,
//! minimal lengths and nothing left over.

use super::written::Written;

pub(super) const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
#[cfg(all(feature = "sign", any(feature = "ed25519", feature = "ecdsa")))]
pub(super) const OCTET_STRING: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
/// The optional version at the beginning of a certificate.
const CONTEXT_0: u8 = 0xa0;

/// 1.3.101.112
pub(super) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// 1.2.840.10045.2.1
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// 1.2.840.10045.3.1.7
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// 1.3.132.0.34
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
/// 1.2.840.113549.1.1.1
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

const BROKEN: &str = "holds no well-formed public key";

/// Elements one after the other.
pub(super) struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The content of the one sequence that `bytes` are.
    pub(super) fn of_sequence(bytes: &'a [u8]) -> Option<Self> {
        let mut outer = Self(bytes);
        let content = outer.take(SEQUENCE)?;
        outer.is_empty().then_some(Self(content))
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn begins_with(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// The content of the next element, if it has this tag.
    pub(super) fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let rest = self.0.strip_prefix(&[tag])?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length = digits
                    .iter()
                    .try_fold(0_usize, |length, digit| length.checked_mul(256)?.checked_add(usize::from(*digit)))?;
                (length > 0x7f && digits.first() != Some(&0)).then_some((length, rest))?
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(content)
    }
}

/// The key in a SubjectPublicKeyInfo, an RSAPublicKey, or a certificate (whose other content is not judged: the key is
/// pinned, not the certificate).
pub(super) fn public_key(bytes: &[u8]) -> Result<Written, &'static str> {
    let mut der = Der::of_sequence(bytes).ok_or(BROKEN)?;
    if der.begins_with(INTEGER) {
        return rsa(der);
    }
    let first = der.take(SEQUENCE).ok_or(BROKEN)?;
    if der.begins_with(BIT_STRING) {
        return subject(first, der);
    }
    let mut certificate = Der::new(first);
    if certificate.begins_with(CONTEXT_0) {
        certificate.take(CONTEXT_0).ok_or(BROKEN)?;
    }
    certificate.take(INTEGER).ok_or(BROKEN)?;
    for _algorithm_issuer_validity_name in 0..4 {
        certificate.take(SEQUENCE).ok_or(BROKEN)?;
    }
    let mut info = Der::new(certificate.take(SEQUENCE).ok_or(BROKEN)?);
    subject(info.take(SEQUENCE).ok_or(BROKEN)?, info)
}

/// The key of a SubjectPublicKeyInfo: its algorithm, and what follows it.
fn subject(algorithm: &[u8], mut rest: Der<'_>) -> Result<Written, &'static str> {
    let bits = rest.take(BIT_STRING).filter(|_| rest.is_empty()).ok_or(BROKEN)?;
    let key = bits.strip_prefix(&[0]).ok_or(BROKEN)?;
    let mut algorithm = Der::new(algorithm);
    match algorithm.take(OBJECT_ID).ok_or(BROKEN)? {
        ED25519 => Ok(Written::Ed25519(key.to_vec())),
        EC => match algorithm.take(OBJECT_ID) {
            Some(P256) => Ok(Written::P256(key.to_vec())),
            Some(P384) => Ok(Written::P384(key.to_vec())),
            _ => Err("is a key on another curve than P-256 and P-384"),
        },
        RSA => rsa(Der::of_sequence(key).ok_or(BROKEN)?),
        _ => Err("is a key for an algorithm that is not supported"),
    }
}

/// The content of an RSAPublicKey. Private keys begin with a number too: a version.
fn rsa(mut der: Der<'_>) -> Result<Written, &'static str> {
    let modulus = der.take(INTEGER).ok_or(BROKEN)?;
    if matches!(modulus, [0 | 1]) {
        return Err(super::PRIVATE);
    }
    let exponent = der.take(INTEGER).filter(|_| der.is_empty()).ok_or(BROKEN)?;
    let unsigned = |number: &[u8]| number.strip_prefix(&[0]).unwrap_or(number).to_vec();
    Ok(Written::Rsa { modulus: unsigned(modulus), exponent: unsigned(exponent) })
}

/// The private key in a PKCS#8 structure, if it is for the algorithm of this object id.
#[cfg(all(feature = "sign", any(feature = "ed25519", feature = "ecdsa")))]
pub(super) fn private_key<'a>(bytes: &'a [u8], algorithm: &[u8]) -> Option<&'a [u8]> {
    let mut info = Der::of_sequence(bytes)?;
    info.take(INTEGER)?;
    let mut identifier = Der::new(info.take(SEQUENCE)?);
    (identifier.take(OBJECT_ID)? == algorithm).then_some(())?;
    info.take(OCTET_STRING)
}

/// The scalar in a PKCS#8 or SEC 1 structure, else the bytes as they are.
#[cfg(all(feature = "sign", feature = "ecdsa"))]
pub(super) fn scalar(key: &[u8]) -> &[u8] {
    let key = private_key(key, EC).unwrap_or(key);
    let inner = || {
        let mut content = Der::of_sequence(key)?;
        content.take(INTEGER)?;
        content.take(OCTET_STRING)
    };
    inner().unwrap_or(key)
}
