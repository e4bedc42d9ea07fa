//! HTTP/1.1 by hand: bodies in pieces, with pauses, chunked or not, and an answer that counts even if it comes before the body
//! was sent. A library's client takes the early answer of a server that hangs up for a broken connection.

mod answer;
mod place;

use std::time::Duration;

use bytes::Bytes;
use hookporter_testkit::SignedRequest;
use http::{HeaderName, HeaderValue, Method};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

pub(crate) use answer::{Answer, date};
pub(crate) use place::Place;

use crate::failure::Failure;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// Longer than any sender waits, beside what sending takes.
const LONGEST: Duration = Duration::from_secs(30);

/// A request as it goes over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Shipment {
    head: Vec<u8>,
    pieces: Vec<Bytes>,
    /// Between two pieces.
    pause: Duration,
}

/// How the length of a body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Length,
    Chunked,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// Nobody is there.
    Unreachable(String),
    /// Somebody was there, and gave no answer.
    Broken(String),
    /// Nor did anybody hang up, for longer than any sender waits.
    Late(String),
}

impl Shipment {
    /// `request` in one piece, with the host of `place`.
    pub(crate) fn new(place: &Place, request: &SignedRequest) -> Result<Self, Failure> {
        Self::in_pieces(place, request, Framing::Length, 1, Duration::ZERO)
    }

    /// `request` in so many pieces, which together take `time` longer than one.
    pub(crate) fn in_pieces(
        place: &Place,
        request: &SignedRequest,
        framing: Framing,
        count: usize,
        time: Duration,
    ) -> Result<Self, Failure> {
        let pieces = pieces(request.body(), count);
        let pauses = u32::try_from(pieces.len()).unwrap_or(u32::MAX).saturating_sub(1);
        let pause = time.checked_div(pauses).unwrap_or_default();
        let head = head(place, request, framing)?;
        let pieces = match framing {
            Framing::Length => pieces,
            Framing::Chunked => {
                let last = Bytes::from_static(b"0\r\n\r\n");
                pieces.iter().map(|piece| chunk(piece)).chain([last]).collect()
            }
        };
        Ok(Self { head, pieces, pause })
    }

    /// Sends it, and waits for an answer; not for its body.
    pub(crate) async fn send(&self, place: &Place) -> Result<Answer, Unanswered> {
        let began = Instant::now();
        let connecting = timeout(CONNECT, TcpStream::connect(place.address())).await;
        let stream = match connecting {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(Unanswered::Unreachable(error.to_string())),
            Err(_) => return Err(Unanswered::Unreachable(format!("no connection within {} s", CONNECT.as_secs()))),
        };
        let _ = stream.set_nodelay(true);
        let sending = self.pause.saturating_mul(u32::try_from(self.pieces.len()).unwrap_or(u32::MAX));
        let longest = LONGEST.saturating_add(sending);
        match timeout(longest, self.exchange(stream)).await {
            Ok(answered) => answered.map(|answer| Answer { latency: began.elapsed(), ..answer }),
            Err(_) => Err(Unanswered::Late(format!("no answer within {} s", longest.as_secs()))),
        }
    }

    async fn exchange(&self, stream: TcpStream) -> Result<Answer, Unanswered> {
        let (mut reader, mut writer) = stream.into_split();
        let mut writing = std::pin::pin!(self.write(&mut writer));
        let mut reading = std::pin::pin!(answer::read(&mut reader));
        let answered = tokio::select! {
            answered = &mut reading => answered,
            // Whatever came of it: a server that has heard enough may have answered already.
            _ = &mut writing => reading.await,
        };
        answered.map_err(Unanswered::Broken)
    }

    async fn write(&self, writer: &mut (impl AsyncWrite + Unpin)) -> std::io::Result<()> {
        writer.write_all(&self.head).await?;
        for (index, piece) in self.pieces.iter().enumerate() {
            if index > 0 && !self.pause.is_zero() {
                sleep(self.pause).await;
            }
            writer.write_all(piece).await?;
            writer.flush().await?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable(problem) | Self::Broken(problem) | Self::Late(problem) => f.write_str(problem),
        }
    }
}

/// `body` in so many pieces, or in as many as it has bytes.
fn pieces(body: &Bytes, count: usize) -> Vec<Bytes> {
    let size = body.len().div_ceil(count.max(1)).max(1);
    let mut rest = body.clone();
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        pieces.push(rest.split_to(size.min(rest.len())));
    }
    pieces
}

fn chunk(piece: &[u8]) -> Bytes {
    [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat().into()
}

/// The head. What is no HTTP is not written: a line's end in a header would begin another one.
fn head(place: &Place, request: &SignedRequest, framing: Framing) -> Result<Vec<u8>, Failure> {
    let wrong = |error: &dyn std::fmt::Display| Failure::usage(format!("this makes no HTTP request: {error}"));
    let method = Method::from_bytes(request.method().as_bytes()).map_err(|error| wrong(&error))?;
    let target = request.target();
    target.parse::<http::Uri>().map_err(|error| wrong(&error))?;
    let mut head = format!("{method} {target} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", place.authority());
    match framing {
        Framing::Length => head.push_str(&format!("content-length: {}\r\n", request.body().len())),
        Framing::Chunked => head.push_str("transfer-encoding: chunked\r\n"),
    }
    for (name, value) in request.headers() {
        HeaderName::from_bytes(name.as_bytes()).map_err(|error| wrong(&error))?;
        HeaderValue::from_str(value).map_err(|error| wrong(&error))?;
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    Ok(head.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_whole() {
        let body = Bytes::from_static(b"0123456789");
        for count in [1, 2, 3, 10, 99] {
            let pieces = pieces(&body, count);
            assert_eq!(pieces.concat(), body);
            assert!(pieces.len() <= count, "{count}");
        }
        assert!(pieces(&Bytes::new(), 3).is_empty());
        assert_eq!(chunk(b"0123456789abcdefg"), "11\r\n0123456789abcdefg\r\n");
    }

    #[test]
    fn a_header_cannot_begin_another_one() {
        let place = Place::parse("--url", "http://a.example/").unwrap();
        let request = hookporter_testkit::github("a secret of the test").event("push\r\nx-evil: 1").build();
        assert!(Shipment::new(&place, &request).is_err());
    }
}
