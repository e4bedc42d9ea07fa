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
    ended: bool,
    /// On the heap, so that the future of no other request is larger for it.
    aside: Option<Box<Aside>>,
}

/// Chunks of a body that are wanted a second time.
#[derive(Default)]
struct Aside {
    /// What was looked at, and is not read yet.
    seen: VecDeque<Bytes>,
    /// What was read, where the whole body is to go on.
    read: BytesMut,
}

impl<'b, B: BodyReader> Peeked<'b, B> {
    pub(crate) const fn new(body: &'b mut B) -> Self {
        Self { body, ended: false, aside: None }
    }

    fn aside(&mut self) -> &mut Aside {
        self.aside.get_or_insert_default()
    }

    /// Keeps a chunk that was read, for whoever gets the body when the request is passed on.
    pub(crate) fn put_aside(&mut self, chunk: &Bytes) {
        self.aside().read.extend_from_slice(chunk);
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
                        self.aside().seen.push_back(chunk);
                    }
                }
            }
            Ok(())
        };
        tokio::time::timeout(longest, looked).await.map_err(|_| Rejection::new(Reason::BodyTooSlow))??;
        Ok(match &*self.aside().seen.make_contiguous() {
            [only] => only.clone(),
            chunks => chunks.concat().into(),
        })
    }

    /// What is to be passed on: what was put aside, and what was looked at and not read since.
    pub(crate) fn unread(&mut self) -> Bytes {
        let Some(aside) = self.aside.take() else { return Bytes::new() };
        let Aside { seen, mut read } = *aside;
        seen.iter().for_each(|chunk| read.extend_from_slice(chunk));
        read.freeze()
    }
}

impl<B: BodyReader> BodyReader for Peeked<'_, B> {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyBroken>>> {
        match self.aside.as_mut().and_then(|aside| aside.seen.pop_front()) {
            Some(chunk) => Poll::Ready(Some(Ok(chunk))),
            None if self.ended => Poll::Ready(None),
            None => self.body.poll_chunk(cx),
        }
    }
}
