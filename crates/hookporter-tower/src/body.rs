//! Bodies: the raw one that is read, the proven one that the wrapped service gets, and the one that is sent.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use hookporter_pipeline::{BodyBroken, BodyReader};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

/// Reads a body's data frames; trailers prove nothing and are dropped.
pub(crate) struct Reader<'b, B>(pub(crate) Pin<&'b mut B>);

impl<B: Body> BodyReader for Reader<'_, B> {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyBroken>>> {
        loop {
            return Poll::Ready(match std::task::ready!(self.0.as_mut().poll_frame(cx)) {
                None => None,
                Some(Err(_)) => Some(Err(BodyBroken)),
                Some(Ok(frame)) => match frame.into_data() {
                    // Without a copy where the data are `Bytes` already, as hyper's are.
                    Ok(mut data) => Some(Ok(data.copy_to_bytes(data.remaining()))),
                    Err(_) => continue,
                },
            });
        }
    }
}

/// The body that the wrapped service gets: the proven bytes; in report-only mode what was read, then the rest.
#[derive(Debug)]
pub struct RequestBody<B> {
    read: Option<Bytes>,
    rest: Option<Pin<Box<B>>>,
}

impl<B> RequestBody<B> {
    pub(crate) fn whole(body: Bytes) -> Self {
        Self { read: Some(body), rest: None }
    }

    pub(crate) fn passed_on(read: Bytes, rest: Pin<Box<B>>) -> Self {
        Self { read: Some(read), rest: Some(rest) }
    }
}

impl<B> Body for RequestBody<B>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        if let Some(read) = this.read.take().filter(|read| !read.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(read))));
        }
        let Some(rest) = &mut this.rest else { return Poll::Ready(None) };
        rest.as_mut().poll_frame(cx).map(|frame| {
            frame.map(|frame| {
                frame.map(|frame| frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))).map_err(Into::into)
            })
        })
    }

    fn is_end_stream(&self) -> bool {
        self.read.as_ref().is_none_or(Bytes::is_empty) && self.rest.as_ref().is_none_or(|rest| rest.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        if self.rest.is_some() { SizeHint::default() } else { exact(self.read.as_ref()) }
    }
}

pin_project! {
    /// The body that is sent: the pipeline's, which is empty or tiny, or the wrapped service's own.
    #[derive(Debug)]
    pub struct ResponseBody<B> {
        own: Option<Bytes>,
        #[pin]
        inner: Option<B>,
    }
}

impl<B> ResponseBody<B> {
    pub(crate) fn own(body: Bytes) -> Self {
        Self { own: Some(body).filter(|body| !body.is_empty()), inner: None }
    }

    pub(crate) const fn inner(body: B) -> Self {
        Self { own: None, inner: Some(body) }
    }
}

impl<B: Body<Data = Bytes>> Body for ResponseBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.project();
        match this.inner.as_pin_mut() {
            Some(inner) => inner.poll_frame(cx),
            None => Poll::Ready(this.own.take().map(|body| Ok(Frame::data(body)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().map_or_else(|| self.own.is_none(), Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(|| exact(self.own.as_ref()), Body::size_hint)
    }
}

fn exact(bytes: Option<&Bytes>) -> SizeHint {
    SizeHint::with_exact(u64::try_from(bytes.map_or(0, Bytes::len)).unwrap_or(u64::MAX))
}

/// The body of a reply where nothing is wrapped.
pub type ReplyBody = ResponseBody<Unwrapped>;

/// The body that no wrapped service sends: it cannot be made.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "it has no value")]
pub enum Unwrapped {}

impl Body for Unwrapped {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match *self {}
    }
}
