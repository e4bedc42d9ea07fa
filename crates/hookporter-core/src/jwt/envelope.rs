//! The envelope: a compact JWS, taken apart strictly.

use super::header;
use crate::algorithm::Algorithm;
use crate::scheme::encoding::SignatureBytes;
use crate::{Encoding, Reason, Rejection};

/// A signature of the largest RSA key takes 1,366 characters.
const MAX_SIGNATURE: usize = 2048;

/// The parts of a token whose header is plausible. Nothing in it is proven yet.
#[derive(Debug)]
pub(super) struct Envelope<'t> {
    /// Header and payload as sent, with the dot between them: the signed bytes.
    pub(super) signed: &'t str,
    /// The payload, still encoded.
    pub(super) payload: &'t str,
    pub(super) signature: SignatureBytes,
    /// Which of the pinned algorithms it names.
    pub(super) algorithm: Algorithm,
    /// The `kid`: a stranger's word for the key.
    pub(super) key_id: Option<String>,
}

impl<'t> Envelope<'t> {
    /// Takes `token` apart: three segments, none empty, and a header that names a `pinned` algorithm.
    pub(super) fn open(token: &'t str, pinned: &[Algorithm]) -> Result<Self, Rejection> {
        let malformed = |what| Rejection::detail(Reason::MalformedToken, what);
        let three = || malformed("a token has three segments");
        let (head, rest) = token.split_once('.').ok_or_else(three)?;
        let (payload, signature) = rest.split_once('.').ok_or_else(three)?;
        let signed = token.strip_suffix(signature).and_then(|token| token.strip_suffix('.')).ok_or_else(three)?;
        if signature.contains('.') {
            return Err(three());
        }
        let (algorithm, key_id) = header::judge(token, head, pinned)?;
        if payload.is_empty() || signature.is_empty() {
            return Err(malformed("a segment of the token is empty"));
        }
        if signature.len() > MAX_SIGNATURE {
            return Err(malformed("the token's signature is too long"));
        }
        let signature = Encoding::Base64Url
            .decode(signature.as_bytes())
            .ok_or_else(|| malformed("the token's signature is not canonical base64url"))?;
        Ok(Self { signed, payload, signature, algorithm, key_id })
    }
}
