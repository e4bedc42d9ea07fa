//! A raw HTTP/1.1 client: what goes over the wire is exactly what a test writes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The head without `Date`, which alone may differ between two refusals.
    pub fn without_date(&self) -> Self {
        let headers = self.headers.iter().filter(|(key, _)| key != "date").cloned().collect();
        Self { headers, ..self.clone() }
    }
}

/// One connection.
pub struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Wire {
    pub fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).unwrap()
    }

    /// A connection to a server that may be gone.
    pub fn try_connect(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::new() })
    }

    /// Writes; a server that has closed already is not this side's failure.
    pub fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
        let _ = self.stream.flush();
    }

    /// Writes, and says whether the server still takes it.
    pub fn could_write(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Ends our side of the connection.
    pub fn half_close(&mut self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Write);
    }

    /// The next answer; `None` if the connection ends before it is whole.
    pub fn answer(&mut self) -> Option<Answer> {
        let head_end = self.read_until(|bytes| find(bytes, b"\r\n\r\n").map(|at| at + 4))?;
        let head = String::from_utf8_lossy(&self.read[..head_end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let length =
            headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
        self.read_until(|bytes| (bytes.len() >= head_end + length).then_some(head_end + length))?;
        let body = self.read[head_end..head_end + length].to_vec();
        self.read.drain(..head_end + length);
        Some(Answer { status, headers, body })
    }

    /// Whether the server closes the connection, within the read timeout.
    pub fn is_closed(&mut self) -> bool {
        use std::io::ErrorKind::{TimedOut, WouldBlock};
        let ended = self.stream.read_to_end(&mut Vec::new());
        // Any other error is an end as well: it was reset, since it was closed before all that was sent was read.
        !ended.is_err_and(|error| matches!(error.kind(), TimedOut | WouldBlock))
    }

    fn read_until(&mut self, done: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        loop {
            if let Some(at) = done(&self.read) {
                return Some(at);
            }
            let mut chunk = [0; 4096];
            match self.stream.read(&mut chunk) {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.read.extend_from_slice(&chunk[..count]),
            }
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

/// A request with a `Content-Length`.
pub fn request(method: &str, target: &str, headers: &[(String, Vec<u8>)], body: &[u8]) -> Vec<u8> {
    let mut raw = head(method, target, headers);
    raw.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    raw.extend_from_slice(body);
    raw
}

/// A request line and headers, without the blank line.
pub fn head(method: &str, target: &str, headers: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut raw = format!("{method} {target} HTTP/1.1\r\nhost: hooks.test\r\n").into_bytes();
    for (name, value) in headers {
        raw.extend_from_slice(name.as_bytes());
        raw.extend_from_slice(b": ");
        raw.extend_from_slice(value);
        raw.extend_from_slice(b"\r\n");
    }
    raw
}
