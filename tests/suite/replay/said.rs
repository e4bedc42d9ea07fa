//! What a handler says of an event, in the words of both frameworks.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hookporter::inbox::WorkError;

#[derive(Debug, Clone)]
pub enum Said {
    Status(u16),
    /// 503 with this `Retry-After`.
    RetryAfter(&'static str),
    NotWorked(WorkError),
    /// It asks for a payload of a type that the event's is not.
    WrongType,
    Panic(&'static str),
    /// Nothing, ever.
    Hang,
    /// 201 after this time, during which its thread is blocked.
    Block(Duration),
    /// A body that is streamed, and whether it comes to its end.
    Stream(bool),
}

/// A body that comes in pieces, or breaks off.
pub struct Streamed {
    pub left: u8,
    pub whole: bool,
    pub ended: Arc<AtomicUsize>,
}

impl Streamed {
    fn next(&mut self, cx: &Context<'_>) -> Poll<Option<Result<Bytes, io::Error>>> {
        if self.left > 0 {
            self.left -= 1;
            // Pending once for each piece.
            if self.left.is_multiple_of(2) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            return Poll::Ready(Some(Ok(Bytes::from_static(b"piece"))));
        }
        if !self.whole {
            return Poll::Ready(Some(Err(io::Error::other("the stream broke"))));
        }
        self.ended.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(None)
    }
}

impl http_body::Body for Streamed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        self.get_mut().next(cx).map(|piece| piece.map(|piece| piece.map(http_body::Frame::data)))
    }
}

impl actix_web::body::MessageBody for Streamed {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> actix_web::body::BodySize {
        actix_web::body::BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.get_mut().next(cx).map(|piece| piece.map(|piece| piece.map_err(Into::into)))
    }
}

/// Waits for ever.
pub async fn hang() -> Infallible {
    std::future::pending().await
}
