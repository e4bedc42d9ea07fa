//! Bodies: the raw one that is read, and the one that the wrapped service gets.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_core::Stream;
use hookporter_pipeline::{BodyBroken, BodyReader};

/// Reads the raw payload. An extractor would inflate it, and bound it by a limit of its own.
pub(crate) struct Reader {
    payload: Payload,
    ended: bool,
}

impl Reader {
    pub(crate) const fn new(payload: Payload) -> Self {
        Self { payload, ended: false }
    }

    /// What was not read, if the body has not ended.
    pub(crate) fn unread(self) -> Option<Unread> {
        (!self.ended).then_some(Unread { _payload: self.payload })
    }

    /// The body for the wrapped service: what was read, then the rest.
    pub(crate) fn passed_on(self, read: Bytes) -> Payload {
        if read.is_empty() {
            return self.payload;
        }
        let stream: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> =
            Box::pin(PassedOn { read: Some(read), rest: self.payload });
        Payload::from(stream)
    }
}

impl BodyReader for Reader {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyBroken>>> {
        let chunk = std::task::ready!(Pin::new(&mut self.payload).poll_next(cx));
        self.ended |= chunk.is_none();
        Poll::Ready(chunk.map(|chunk| chunk.map_err(|_| BodyBroken)))
    }
}

/// The body of a request that is answered before its end.
///
/// It goes into the response's extensions, because the way actix treats the rest depends on whether its payload is
/// still alive when the response's head is written. Alive: the answer says `Connection: close`, and what still comes is
/// thrown away until the disconnect timeout. Dropped: a chunked body is read on for as long as somebody sends it.
pub(crate) struct Unread {
    _payload: Payload,
}

/// What was read of a body, then the rest of it.
struct PassedOn {
    read: Option<Bytes>,
    rest: Payload,
}

impl Stream for PassedOn {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        match this.read.take() {
            Some(read) => Poll::Ready(Some(Ok(read))),
            None => Pin::new(&mut this.rest).poll_next(cx),
        }
    }
}
