//! The hash of the body, as a claim.

use sha2::{Digest, Sha256};

use super::claims::{Claims, mismatch};
use crate::algorithm::Tag;
use crate::{ConfigError, Encoding, Evidence, Reason, Rejection};

/// The claim that holds the SHA-256 of the body, and how it is written.
#[derive(Debug, Clone)]
pub(super) struct BodyHash {
    pub(super) claim: &'static str,
    pub(super) encoding: Encoding,
}

impl BodyHash {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.encoding == Encoding::Plain {
            return Err(ConfigError::scheme("the hash of a body is written in hex, base64 or base64url"));
        }
        Ok(())
    }

    pub(super) fn judge(&self, claims: &Claims, body: &[u8]) -> Result<(), Rejection> {
        let text = claims.text(self.claim)?.ok_or_else(|| mismatch(self.claim))?;
        // The claim is signed, so a second spelling of it is not one that a stranger could choose.
        let text = if self.encoding == Encoding::Base64Url { text.strip_suffix('=').unwrap_or(text) } else { text };
        let claimed = self.encoding.decode(text.as_bytes()).ok_or_else(|| mismatch(self.claim))?;
        if bool::from(Tag::new(&Sha256::digest(body)).matches(&claimed)) {
            return Ok(());
        }
        Err(Rejection::new(Reason::BodyHashMismatch).with_evidence(Evidence::Claim(self.claim)))
    }

    /// The hash of `body`, as the claim has it.
    #[cfg(feature = "sign")]
    pub(super) fn of(&self, body: &[u8]) -> String {
        self.encoding.encode(&Sha256::digest(body))
    }
}
