//! Content-Digest (RFC 9530).

use std::sync::Arc;

use sha2::{Digest, Sha256, Sha512};

use super::structured::{self, Reader};
use crate::papers;
use crate::scheme::encoding::SignatureBytes;
use crate::{Head, Headers, Reason, Rejection};

/// The digests that a `Content-Digest` header states of the body: of its bytes as they are sent, compressed or not.
///
/// SHA-256 and SHA-512 are known; every one of them that is stated must fit, and one of them must be stated. Digests of
/// other algorithms are passed over. A digest alone proves nothing of where a body comes from: whoever changes the one
/// changes the other. It counts where a signature covers it, which [`MessageScheme`](super::MessageScheme) sees to; by
/// itself it shows that a body arrived unharmed.
///
/// ```
/// use hookporter_core::Head;
/// use hookporter_core::message_signature::ContentDigest;
///
/// let headers = vec![("Content-Digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:")];
/// let digest = ContentDigest::read(&Head::new("POST", "/hook", &headers))?;
/// assert!(digest.judge(br#"{"hello": "world"}"#).is_ok());
/// assert!(digest.judge(br#"{"hello": "moon"}"#).is_err());
/// # Ok::<(), hookporter_core::Rejection>(())
/// ```
#[derive(Debug, Clone)]
pub struct ContentDigest {
    sha256: Option<SignatureBytes>,
    sha512: Option<SignatureBytes>,
}

impl ContentDigest {
    /// Reads the header, which must stand exactly once.
    ///
    /// # Errors
    /// [`Reason::MissingHeader`], [`Reason::RepeatedHeader`], or [`Reason::MalformedHeader`] where it states no digest that
    /// is known, or is not written as it should be.
    pub fn read(head: &Head<'_>) -> Result<Self, Rejection> {
        Self::named(head.headers(), &Arc::from("content-digest"))
    }

    pub(super) fn named(headers: &dyn Headers, name: &Arc<str>) -> Result<Self, Rejection> {
        let value = papers::once(headers, name)?;
        let stated = structured::dictionary(value, Reader::bytes).map_err(|flaw| Rejection::shape(name, flaw))?;
        let mut digest = Self { sha256: None, sha512: None };
        for (algorithm, bytes) in stated {
            let (slot, length) = match algorithm {
                "sha-256" => (&mut digest.sha256, 32),
                "sha-512" => (&mut digest.sha512, 64),
                _ => continue,
            };
            if bytes.len() != length {
                return Err(Rejection::shape(name, "states a digest of another length"));
            }
            *slot = Some(bytes);
        }
        if digest.sha256.is_none() && digest.sha512.is_none() {
            return Err(Rejection::shape(name, "states no digest with SHA-256 or SHA-512"));
        }
        Ok(digest)
    }

    /// Compares the body with every digest that is stated and known.
    ///
    /// # Errors
    /// [`Reason::BodyHashMismatch`] if one does not fit.
    pub fn judge(&self, body: &[u8]) -> Result<(), Rejection> {
        // Not secret: anybody can compute it. A signature over the header is what binds it.
        let fits = self.sha256.as_ref().is_none_or(|stated| **stated == *Sha256::digest(body))
            && self.sha512.as_ref().is_none_or(|stated| **stated == *Sha512::digest(body));
        if fits { Ok(()) } else { Err(Rejection::new(Reason::BodyHashMismatch)) }
    }

    /// The header's value for a body, with SHA-256.
    #[cfg(feature = "sign")]
    #[must_use]
    pub fn state(body: &[u8]) -> String {
        format!("sha-256=:{}:", crate::Encoding::Base64.encode(&Sha256::digest(body)))
    }
}
