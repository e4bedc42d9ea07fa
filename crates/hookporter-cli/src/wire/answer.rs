//! The head of an answer: all that a sender goes by.

use std::time::Duration;

use hookporter::UnixTime;
use tokio::io::{AsyncRead, AsyncReadExt};

/// The longest head that is read.
const HEAD: usize = 64 * 1024;

/// What a server answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// What it says that its clock says.
    pub(crate) date: Option<UnixTime>,
    pub(crate) latency: Duration,
}

/// Reads the head of an answer; what comes before it (`100 Continue`) is passed over.
pub(super) async fn read(reader: &mut (impl AsyncRead + Unpin)) -> Result<Answer, String> {
    let mut received = Vec::new();
    loop {
        while let Some(head) = take_head(&mut received) {
            let answer = parse(&head)?;
            if answer.status >= 200 {
                return Ok(answer);
            }
        }
        if received.len() > HEAD {
            return Err(format!("the head of its answer is longer than {HEAD} bytes"));
        }
        let mut part = [0; 4096];
        match reader.read(&mut part).await {
            Ok(0) if received.is_empty() => return Err("the connection was closed without an answer".to_owned()),
            Ok(0) => return Err("the connection was closed within the head of an answer".to_owned()),
            Ok(count) => received.extend_from_slice(part.get(..count).unwrap_or_default()),
            Err(error) => return Err(format!("the connection broke without an answer: {error}")),
        }
        // A peer that is no HTTP server and never ends a line is known early.
        if !received.starts_with(b"HTTP/1.".get(..received.len().min(7)).unwrap_or_default()) {
            return Err("what answers does not speak HTTP/1".to_owned());
        }
    }
}

/// Takes a whole head off what was received.
fn take_head(received: &mut Vec<u8>) -> Option<Vec<u8>> {
    let end = received.windows(4).position(|part| part == b"\r\n\r\n")?.saturating_add(4);
    let rest = received.split_off(end);
    Some(std::mem::replace(received, rest))
}

fn parse(head: &[u8]) -> Result<Answer, String> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.strip_prefix("HTTP/1.")?.split(' ').nth(1))
        .filter(|status| status.len() == 3)
        .and_then(|status| status.parse().ok())
        .ok_or("what answers does not speak HTTP/1")?;
    let date = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("date"))
        .and_then(|(_, value)| date(value.trim()));
    Ok(Answer { status, date, latency: Duration::ZERO })
}

/// A date as HTTP has it.
pub(crate) fn date(text: &str) -> Option<UnixTime> {
    let since = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(UnixTime::from_secs(i64::try_from(since.as_secs()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answered(bytes: &[u8]) -> Result<Answer, String> {
        read(&mut &*bytes).await
    }

    #[tokio::test]
    async fn the_head_is_read_and_nothing_else() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let text = format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 No\r\nDATE: {date}\r\n\r\nbody");
        let answer = answered(text.as_bytes()).await.unwrap();
        assert_eq!((answer.status, answer.date), (401, Some(UnixTime::from_secs(784_111_777))));
        assert_eq!(answered(b"HTTP/1.0 204 \r\n\r\n").await.unwrap().status, 204);
    }

    #[tokio::test]
    async fn what_is_no_answer_is_said_to_be_none() {
        for bad in
            ["", "HTTP/1.1 20", "SSH-2.0-x\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 2000 x\r\n\r\n", "HTTP/1.1\r\n\r\n"]
        {
            assert!(answered(bad.as_bytes()).await.is_err(), "{bad}");
        }
        let endless = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(HEAD));
        assert!(answered(endless.as_bytes()).await.unwrap_err().contains("longer than"));
    }
}
