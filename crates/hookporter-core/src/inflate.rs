//! Inflating a body that came with `content-encoding: gzip`, within bounds.
//!
//! A few kilobytes can be made to inflate to gigabytes, so what comes out is bounded while it comes out: by the limit
//! that holds for every body, and, where that is large, by how much more there may be than went in.

use std::io::{self, Write};

use bytes::{Bytes, BytesMut};
use flate2::write::GzDecoder;

use crate::{Evidence, Reason, Rejection};

/// How much may come out whatever went in: the limit of a usual body.
const FREE: usize = crate::DEFAULT_BODY_LIMIT;
/// Beyond that, how many times what went in may come out. Lists of events that hardly differ reach a hundred; the most that
/// the format can do is a thousand.
const MAX_RATIO: usize = 256;
/// What a running decoder holds: its window and its buffer, 32 KiB each, and its tables.
pub(crate) const WORKSPACE: usize = 80 * 1024;

/// Inflates one gzip stream.
pub(crate) struct Inflater {
    decoder: GzDecoder<Outlet>,
}

/// What has come out and was not taken yet, and what has come out altogether.
struct Outlet {
    ready: BytesMut,
    produced: usize,
    received: usize,
    limit: usize,
    refused: Option<Rejection>,
}

impl Inflater {
    /// An inflater out of which at most `limit` bytes come.
    pub(crate) fn new(limit: usize) -> Self {
        let outlet = Outlet { ready: BytesMut::new(), produced: 0, received: 0, limit, refused: None };
        Self { decoder: GzDecoder::new(outlet) }
    }

    /// Inflates the next bytes; what comes out of them, as far as it is known yet.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Result<Bytes, Rejection> {
        let outlet = self.decoder.get_mut();
        outlet.received = outlet.received.saturating_add(chunk.len());
        let mut rest = chunk;
        while !rest.is_empty() {
            // Every step takes input or ends here, so there are never more steps than bytes.
            rest = match self.decoder.write(rest) {
                Ok(0) | Err(_) => return Err(self.refusal("has bytes behind its end, or is no gzip stream")),
                Ok(taken) => rest.get(taken..).unwrap_or_default(),
            };
        }
        Ok(self.take())
    }

    /// Ends the stream, which must be whole and fit its checksum; what comes out of its end.
    pub(crate) fn finish(mut self) -> Result<Bytes, Rejection> {
        if self.decoder.try_finish().is_err() {
            return Err(self.refusal("breaks off, or does not fit its checksum"));
        }
        Ok(self.take())
    }

    fn take(&mut self) -> Bytes {
        self.decoder.get_mut().ready.split().freeze()
    }

    fn refusal(&mut self, what: &'static str) -> Rejection {
        let refused = self.decoder.get_mut().refused.take();
        refused.unwrap_or_else(|| Rejection::detail(Reason::MalformedEncoding, what))
    }
}

/// The content of a whole body.
pub(crate) fn inflate(body: &[u8], limit: usize) -> Result<Bytes, Rejection> {
    let mut inflater = Inflater::new(limit);
    let mut content = BytesMut::from(inflater.push(body)?);
    content.extend_from_slice(&inflater.finish()?);
    Ok(content.freeze())
}

impl Write for Outlet {
    fn write(&mut self, plain: &[u8]) -> io::Result<usize> {
        self.produced = self.produced.saturating_add(plain.len());
        let most = FREE.max(self.received.saturating_mul(MAX_RATIO));
        if self.produced > self.limit {
            let size = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
            let evidence = Evidence::Size { bytes: size(self.produced), limit: size(self.limit) };
            self.refused = Some(Rejection::new(Reason::BodyTooLarge).with_evidence(evidence));
        } else if self.produced > most {
            self.refused = Some(Rejection::detail(Reason::BodyTooLarge, "inflates to far more than any event is"));
        } else {
            self.ready.extend_from_slice(plain);
            return Ok(plain.len());
        }
        Err(io::ErrorKind::WriteZero.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl std::fmt::Debug for Inflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inflater")
    }
}
