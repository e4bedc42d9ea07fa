//! The body of a request as an adapter's framework hands it over: chunk by chunk, raw.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::{Reason, Rejection};
use tokio::time::Sleep;

use crate::memory::Held;

/// Reads the raw body of a request, chunk by chunk. What an adapter supplies; it bounds and decides nothing.
pub trait BodyReader {
    /// The next chunk; `None` at the end.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyBroken>>>;
}

/// The body broke off: the sender went away, or its framing is wrong.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "it says that, and nothing more")]
pub struct BodyBroken;

/// A body that is there already.
impl BodyReader for Option<Bytes> {
    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyBroken>>> {
        Poll::Ready(self.take().map(Ok))
    }
}

/// How long a body may take. The clock starts when the body is first waited for: one that is there already, as most are, costs
/// no timer.
#[derive(Debug)]
pub(crate) struct Patience {
    longest: Duration,
    /// On the heap, so that the future of no other request is larger for it.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    pub(crate) const fn new(longest: Duration) -> Self {
        Self { longest, timer: None }
    }

    /// The next chunk of a body, which is held from here on; `None` at the end.
    pub(crate) fn next<'a, B: BodyReader>(
        &'a mut self,
        body: &'a mut B,
        held: &'a mut Held,
    ) -> impl Future<Output = Result<Option<Bytes>, Rejection>> + use<'a, B> {
        poll_fn(move |cx| {
            let Poll::Ready(chunk) = body.poll_chunk(cx) else {
                return self.poll_over(cx).map(|()| Err(Rejection::new(Reason::BodyTooSlow)));
            };
            Poll::Ready(match chunk {
                None => Ok(None),
                Some(Err(BodyBroken)) => Err(Rejection::new(Reason::BodyIncomplete)),
                Some(Ok(chunk)) => held.grow(chunk.len()).map(|()| Some(chunk)),
            })
        })
    }

    /// Ready when the time is over.
    fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let longest = self.longest;
        self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(longest))).as_mut().poll(cx)
    }
}
