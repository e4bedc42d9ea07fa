//! From the headers to the proof.

use std::sync::Arc;

use smallvec::smallvec;

use super::base;
use super::digest::ContentDigest;
use super::input::Input;
use super::scheme::MessageScheme;
use super::structured::{self, Reader};
use crate::check::{self, Proof};
use crate::papers::{self, Candidates};
use crate::{Coverage, Head, PreparedKeyring, Reason, Rejection, Tolerance, UnixTime};

/// A nonce that is longer, or has other characters, identifies nothing.
const MAX_NONCE: usize = 256;

/// The headers that a message signature reads.
#[derive(Debug, Clone)]
pub(super) struct HeaderNames {
    pub(super) signature: Arc<str>,
    pub(super) input: Arc<str>,
    pub(super) digest: Arc<str>,
}

impl HeaderNames {
    pub(super) fn new() -> Self {
        Self { signature: "signature".into(), input: "signature-input".into(), digest: "content-digest".into() }
    }
}

/// The signature that counts, with all that can be known of it before the body is there.
#[derive(Debug)]
pub(crate) struct Opened<'a> {
    pub(crate) created: UnixTime,
    /// What the sender numbers its signatures with, where it can be an id.
    pub(crate) nonce: Option<&'a [u8]>,
    key_id: Option<&'a str>,
    candidates: Candidates,
    base: Vec<u8>,
    digest: Option<ContentDigest>,
}

impl MessageScheme {
    /// Finds the signature that counts and judges all but the signature itself and the body.
    pub(crate) fn open<'a>(
        &self,
        head: &Head<'a>,
        tolerance: Option<Tolerance>,
        now: UnixTime,
    ) -> Result<Opened<'a>, Rejection> {
        let headers = head.headers();
        let names = &self.headers;
        let signature = papers::once(headers, &names.signature)?;
        let input = papers::once(headers, &names.input)?;
        let inputs = structured::dictionary(input, Input::read).map_err(|flaw| Rejection::shape(&names.input, flaw))?;
        let (label, input) = self.choose(inputs)?;
        let created = fresh(&input, tolerance, now)?;
        let signatures = structured::dictionary(signature, Reader::bytes)
            .map_err(|flaw| Rejection::shape(&names.signature, flaw))?;
        let (_, signature) = signatures
            .into_iter()
            .find(|(known, _)| *known == label)
            .ok_or_else(|| Rejection::shape(&names.signature, "has no signature of the label that was chosen"))?;
        let digest = match input.covers(DIGEST) {
            true => Some(ContentDigest::named(headers, &names.digest)?),
            false => None,
        };
        let is_id = |nonce: &&str| nonce.len() <= MAX_NONCE && nonce.bytes().all(|byte| byte.is_ascii_graphic());
        Ok(Opened {
            created,
            nonce: input.parameters.nonce.filter(is_id).map(str::as_bytes),
            key_id: input.parameters.key_id,
            candidates: smallvec![signature],
            base: base::build(&input, head)?,
            digest,
        })
    }
}

/// How an input covers the digest of the body.
pub(super) const DIGEST: &str = "\"content-digest\"";

/// When the signature was created, if that lies within the tolerance and it has not expired.
///
/// The tolerance is for clocks that differ and for slow networks; `expires` is the sender's own word, and judged to the
/// second.
fn fresh(input: &Input<'_>, tolerance: Option<Tolerance>, now: UnixTime) -> Result<UnixTime, Rejection> {
    let created = input.parameters.created.ok_or(Reason::MalformedTimestamp)?;
    if let Some(tolerance) = tolerance {
        tolerance.check(created, now)?;
        if input.parameters.expires.is_some_and(|expires| expires.as_secs() < now.as_secs()) {
            return Err(Rejection::detail(Reason::TimestampTooOld, "the signature has expired"));
        }
    }
    Ok(created)
}

impl Opened<'_> {
    /// Judges the signature, then the body against the digest that it covers.
    ///
    /// A key id that is one of the keyring's names the one key that may fit. All live keys are tried all the same.
    pub(crate) fn judge(&self, keys: &PreparedKeyring, now: UnixTime, body: &[u8]) -> Result<Proof, Rejection> {
        let coverage = if self.digest.is_some() { Coverage::Body } else { Coverage::Origin };
        let proof = check::judge_messages(keys, now, &self.candidates, &[&self.base], coverage)?;
        if let Some(wanted) = self.key_id
            && proof.key.as_str() != wanted
            && keys.ids().any(|id| id.as_str() == wanted)
        {
            return Err(Rejection::detail(
                Reason::InvalidSignature,
                "`keyid` names another key than the one that fits",
            ));
        }
        if let Some(digest) = &self.digest {
            digest.judge(body)?;
        }
        Ok(proof)
    }
}
