//! A body whose beginning may be looked at before it is read.

use std::collections::VecDeque;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hookporter_core::{Reason, Rejection};

use crate::body::{BodyBroken, BodyReader};
use crate::memory::Held;

/// A body, and what was looked at of it: that is read first.
pub(crate) struct Peeked<'b, B> {
    body: &'b mut B,
    seen: VecDeque<Bytes>,
    ended: bool,
}

impl<'b, B: BodyReader> Peeked<'b, B> {
    pub(crate) fn new(body: &'b mut B) -> Self {
        Self { body, seen: VecDeque::new(), ended: false }
    }

    /// Looks at the body up to its end, or until it is longer than `most`.
    pub(crate) async fn look(&mut self, most: usize, longest: Duration, held: &mut Held) -> Result<Bytes, Rejection> {
        let looked = async {
            let mut length = 0_usize;
            while length <= most && !self.ended {
                match std::future::poll_fn(|cx| self.body.poll_chunk(cx)).await {
                    None => self.ended = true,
                    Some(Err(BodyBroken)) => return Err(Rejection::new(Reason::BodyIncomplete)),
                    Some(Ok(chunk)) => {
                        held.grow(chunk.len())?;
                        length = length.saturating_add(chunk.len());
                        self.seen.push_back(chunk);
                    }
                }
            }
            Ok(())
        };
        tokio::time::timeout(longest, looked).await.map_err(|_| Rejection::new(Reason::BodyTooSlow))??;
        Ok(match &*self.seen.make_contiguous() {
            [only] => only.clone(),
            chunks => chunks.concat().into(),
        })
    }

    /// What was looked at and not read since.
    pub(crate) fn unread(&mut self) -> Bytes {
        let mut unread = BytesMut::new();
        for chunk in self.seen.drain(..) {
            unread.extend_from_slice(&chunk);
        }
        unread.freeze()
    }
}

impl<B: BodyReader> BodyReader for Peeked<'_, B> {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyBroken>>> {
        match self.seen.pop_front() {
            Some(chunk) => Poll::Ready(Some(Ok(chunk))),
            None if self.ended => Poll::Ready(None),
            None => self.body.poll_chunk(cx),
        }
    }
}
