//! The body of a request as an adapter's framework hands it over: chunk by chunk, raw.

use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::{Reason, Rejection};
use tokio::time::Instant;

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

/// Reads the whole body until `longest` has passed, giving each chunk to `take`, which says how many bytes more it holds
/// beside the chunk.
pub(crate) async fn read<B: BodyReader>(
    body: &mut B,
    longest: Duration,
    held: &mut Held,
    mut take: impl FnMut(Bytes) -> Result<usize, Rejection>,
) -> Result<(), Rejection> {
    let mut deadline = None;
    loop {
        let next = std::future::poll_fn(|cx| body.poll_chunk(cx));
        let mut next = std::pin::pin!(next);
        // A body that is there already, as most are, costs no timer.
        let ready = std::future::poll_fn(|cx| Poll::Ready(next.as_mut().poll(cx))).await;
        let chunk = match ready {
            Poll::Ready(chunk) => chunk,
            Poll::Pending => {
                let until = *deadline.get_or_insert_with(|| Instant::now().checked_add(longest));
                match until {
                    Some(until) => {
                        let timeout = Box::pin(tokio::time::timeout_at(until, next));
                        timeout.await.map_err(|_| Rejection::new(Reason::BodyTooSlow))?
                    }
                    None => next.await,
                }
            }
        };
        match chunk {
            None => return Ok(()),
            Some(Err(BodyBroken)) => return Err(Rejection::new(Reason::BodyIncomplete)),
            Some(Ok(chunk)) => {
                held.grow(chunk.len())?;
                match take(chunk)? {
                    0 => {}
                    more => held.grow(more)?,
                }
            }
        }
    }
}
