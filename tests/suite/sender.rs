//! Signed requests that the tests share, and how they are sent.

use hookporter::{Endpoint, Secret, UnixTime};
use hookporter_testkit::{RequestMaker, SignedRequest};

use crate::attacks::{CANARY, NOW, TARGET, at_now, byte_headers, raw};
use crate::server::Server;
use crate::wire::{self, Answer, Wire};

/// A maker whose requests are made at the moment of the cases, for the path of the test servers.
pub fn now(maker: RequestMaker) -> RequestMaker {
    maker.at(UnixTime::from_secs(NOW)).target(TARGET)
}

/// A valid GitHub request with a body of its own, so that no case is another's duplicate.
pub fn push(body: &str) -> SignedRequest {
    now(hookporter_testkit::github(CANARY).event("push")).body(format!(r#"{{"case":"{body}"}}"#)).build()
}

/// A GitHub endpoint at the moment of the cases.
pub fn github() -> Endpoint {
    at_now(Endpoint::github(Secret::new(CANARY)).unwrap())
}

/// A valid Stripe request with this event id.
pub fn paid(id: &str) -> SignedRequest {
    now(hookporter_testkit::stripe(CANARY).event_id(id)).build()
}

/// A Stripe endpoint at the moment of the cases.
pub fn stripe() -> Endpoint {
    at_now(Endpoint::stripe(Secret::new(CANARY)).unwrap())
}

/// The head of `request` with more header lines instead of its length, and its end.
pub fn head_with(request: &SignedRequest, lines: &str) -> Vec<u8> {
    let mut raw = wire::head(request.method(), request.target(), &byte_headers(request));
    raw.extend_from_slice(lines.as_bytes());
    raw.extend_from_slice(b"\r\n");
    raw
}

/// `request`, with more header lines instead of its length, and any body.
pub fn framed(request: &SignedRequest, lines: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut raw = head_with(request, lines);
    raw.extend_from_slice(body.as_ref());
    raw
}

/// `bytes` as chunks of `size`, without the last one.
pub fn chunks(bytes: &[u8], size: usize) -> Vec<u8> {
    let mut raw = Vec::new();
    for chunk in bytes.chunks(size) {
        raw.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        raw.extend_from_slice(chunk);
        raw.extend_from_slice(b"\r\n");
    }
    raw
}

/// `request` in chunks of `size`, whole.
pub fn chunked(request: &SignedRequest, size: usize) -> Vec<u8> {
    let mut body = chunks(request.body(), size);
    body.extend_from_slice(b"0\r\n\r\n");
    framed(request, "transfer-encoding: chunked\r\n", body)
}

/// Sends bytes on a connection of their own.
pub fn send_raw(server: &Server, raw: &[u8]) -> Option<Answer> {
    let mut wire = Wire::connect(server.address);
    wire.write(raw);
    wire.answer()
}

/// Sends a request on a connection of its own.
pub fn send(server: &Server, request: &SignedRequest) -> Answer {
    send_raw(server, &raw(request)).expect("no answer")
}

/// The status that a request is told.
pub fn told(server: &Server, request: &SignedRequest) -> u16 {
    send(server, request).status
}

/// How many bytes this process holds in memory.
pub fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}
