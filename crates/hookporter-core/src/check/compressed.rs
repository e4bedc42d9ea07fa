//! Bodies that arrive compressed.

use bytes::Bytes;

use super::announced::is_plain;
use super::proof::Proof;
use super::{BodyBuffer, Check};
use crate::inflate::{Inflater, WORKSPACE, inflate};
use crate::papers::Announced;
use crate::scheme::Gzip;
use crate::{Coverage, Delivery, Occurrence, Reason, Refused, Rejection, Verifier};

/// What is done with the compressed body of a request.
#[derive(Debug)]
pub(super) enum Compressed {
    /// Its bytes are proven, and it is inflated once they are.
    Signed,
    /// Its content is proven, and comes out while the bytes arrive.
    Inflating(Box<Inflating>),
}

#[derive(Debug)]
pub(super) struct Inflating {
    received: BodyBuffer,
    inflater: Inflater,
}

impl Compressed {
    pub(super) fn new(gzip: Gzip, limit: usize) -> Self {
        match gzip {
            Gzip::SignedCompressed => Self::Signed,
            Gzip::SignedPlain => {
                let inflating = Inflating { received: BodyBuffer::new(limit), inflater: Inflater::new(limit) };
                Self::Inflating(Box::new(inflating))
            }
        }
    }

    /// How many bytes are held for `content`, which came out so far.
    pub(super) const fn held(&self, content: &BodyBuffer) -> usize {
        match self {
            Self::Signed => 0,
            Self::Inflating(_) => content.len().saturating_add(WORKSPACE),
        }
    }
}

/// How a body is compressed, where it is and the scheme takes that.
#[inline]
pub(super) fn announced(announced: &Announced<'_>, verifier: &Verifier) -> Result<Option<Compressed>, Rejection> {
    if is_plain(announced) { Ok(None) } else { coded(announced, verifier).map(Some) }
}

#[inline(never)]
fn coded(announced: &Announced<'_>, verifier: &Verifier) -> Result<Compressed, Rejection> {
    match (announced.coding, verifier.scheme.gzip) {
        (Occurrence::Once(coding), Some(gzip)) if coding.eq_ignore_ascii_case(b"gzip") => {
            Ok(Compressed::new(gzip, verifier.body_limit()))
        }
        _ => Err(Rejection::new(Reason::UnsupportedEncoding)),
    }
}

impl Check<'_> {
    /// Takes a chunk of a body whose content is proven; false, and nothing taken, for any other body.
    pub(super) fn push_compressed(&mut self, chunk: &Bytes) -> Result<bool, Rejection> {
        let Some(Compressed::Inflating(inflating)) = &mut self.compressed else { return Ok(false) };
        inflating.received.push(chunk.clone())?;
        let plain = inflating.inflater.push(chunk)?;
        self.push_plain(plain)?;
        Ok(true)
    }

    pub(super) fn finish_compressed(mut self) -> Result<Delivery, Refused> {
        match self.compressed.take() {
            Some(Compressed::Inflating(inflating)) => {
                let Inflating { received, inflater } = *inflating;
                let ended = inflater.finish().and_then(|plain| self.push_plain(plain));
                let content = self.take_body();
                let judged = ended.and_then(|()| self.judge_all(&content)).map(|proof| of_content(proof, content));
                self.conclude(judged, received.into_bytes())
            }
            _ => {
                let body = self.take_body();
                let limit = self.verifier.body_limit();
                let judged = self.judge_all(&body).and_then(|proof| {
                    let payload = Some(Box::new(inflate(&body, limit)?));
                    Ok(Proof { payload, ..proof })
                });
                self.conclude(judged, body)
            }
        }
    }
}

/// A proof of the content: nothing is said of the bytes that it came in.
fn of_content(proof: Proof, content: Bytes) -> Proof {
    let coverage = if proof.coverage == Coverage::Body { Coverage::Payload } else { proof.coverage };
    Proof { coverage, payload: proof.payload.or_else(|| Some(Box::new(content))), ..proof }
}
