//! The body as it arrives: bounded, and kept with as few copies as the chunks allow.

use std::fmt;

use bytes::{Bytes, BytesMut};

use crate::{Evidence, Reason, Rejection};

/// The largest body that an endpoint reads unless it says otherwise: 1 MiB.
pub const DEFAULT_BODY_LIMIT: usize = 1024 * 1024;

/// Collects a body chunk by chunk, up to a limit. A body of one chunk, which most webhooks are, is never copied.
pub struct BodyBuffer {
    held: Held,
    length: usize,
    limit: usize,
    expected: usize,
}

enum Held {
    Nothing,
    One(Bytes),
    Many(BytesMut),
}

impl fmt::Debug for BodyBuffer {
    // A body may hold a secret that is the proof.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyBuffer").field("length", &self.length).field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl BodyBuffer {
    /// An empty buffer that takes at most `limit` bytes.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { held: Held::Nothing, length: 0, limit, expected: 0 }
    }

    /// Announces the whole length, which saves copies where the body comes in many chunks.
    ///
    /// # Errors
    /// [`Reason::BodyTooLarge`] if it is over the limit; nothing is allocated on the word of a header.
    #[inline]
    pub fn expect(&mut self, length: u64) -> Result<(), Rejection> {
        match usize::try_from(length) {
            Ok(length) if length <= self.limit => {
                self.expected = length;
                Ok(())
            }
            _ => Err(self.too_large(length)),
        }
    }

    /// Takes a chunk.
    ///
    /// # Errors
    /// [`Reason::BodyTooLarge`] if the body grows over the limit.
    #[inline]
    pub fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        let length = self.length.saturating_add(chunk.len());
        if length > self.limit {
            return Err(self.too_large(u64::try_from(length).unwrap_or(u64::MAX)));
        }
        self.length = length;
        if chunk.is_empty() {
            return Ok(());
        }
        match &mut self.held {
            Held::Nothing => self.held = Held::One(chunk),
            Held::Many(all) => all.extend_from_slice(&chunk),
            Held::One(first) => {
                let mut all = BytesMut::with_capacity(length.max(self.expected.min(FIRST_GROWTH)));
                all.extend_from_slice(first);
                all.extend_from_slice(&chunk);
                self.held = Held::Many(all);
            }
        }
        Ok(())
    }

    /// The first chunk, as long as there is no other.
    pub(crate) const fn only_chunk(&self) -> Option<&Bytes> {
        match &self.held {
            Held::One(chunk) => Some(chunk),
            _ => None,
        }
    }

    /// What has arrived so far.
    pub(crate) fn as_slice(&self) -> &[u8] {
        match &self.held {
            Held::Nothing => &[],
            Held::One(bytes) => bytes,
            Held::Many(bytes) => bytes,
        }
    }

    /// How many bytes have arrived.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether nothing has arrived.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The whole body.
    #[must_use]
    #[inline]
    pub fn into_bytes(self) -> Bytes {
        match self.held {
            Held::Nothing => Bytes::new(),
            Held::One(bytes) => bytes,
            Held::Many(bytes) => bytes.freeze(),
        }
    }

    #[cold]
    fn too_large(&self, bytes: u64) -> Rejection {
        let limit = u64::try_from(self.limit).unwrap_or(u64::MAX);
        Rejection::new(Reason::BodyTooLarge).with_evidence(Evidence::Size { bytes, limit })
    }
}

/// How much is set aside at once for an announced body: a stranger announces 25 MiB for free.
const FIRST_GROWTH: usize = 256 * 1024;

/// The SHA-256 of a body, in hex: what journals call it by.
#[must_use]
pub fn body_digest(body: &[u8]) -> String {
    const_hex::encode(<sha2::Sha256 as sha2::Digest>::digest(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_chunk_is_kept_without_a_copy_and_many_are_joined() {
        let chunk = Bytes::from_static(b"hello ");
        let mut body = BodyBuffer::new(11);
        body.push(chunk.clone()).unwrap();
        body.push(Bytes::new()).unwrap();
        assert_eq!(body.into_bytes().as_ptr(), chunk.as_ptr());

        let mut body = BodyBuffer::new(11);
        body.push(chunk).unwrap();
        body.push(Bytes::from_static(b"world")).unwrap();
        assert_eq!(body.push(Bytes::from_static(b"!")).map_err(|r| r.kind()), Err(Reason::BodyTooLarge));
        assert_eq!(body.into_bytes(), "hello world");
    }

    #[test]
    fn an_announced_length_over_the_limit_is_refused() {
        let mut body = BodyBuffer::new(10);
        assert!(body.expect(10).is_ok());
        for length in [11, u64::MAX] {
            assert_eq!(body.expect(length).map_err(|r| r.kind()), Err(Reason::BodyTooLarge));
        }
    }
}
