//! A load generator: few connections that are always busy, and no two requests the same event.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use hookporter_bench::server::PATH;
use hookporter_bench::{Sample, Sender, harness};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// The size of every body.
pub(crate) const BODY: usize = 1024;
/// How many connections there are at once.
pub(crate) const CONNECTIONS: usize = 64;

/// Sends so many requests and waits for every answer; how long that took.
///
/// # Panics
/// If an answer is not 200: a server that refuses would be measured for what it does not do.
pub(crate) fn drive(port: u16, sender: Sender, requests: u64, number: &mut u64, longest: Duration) -> Duration {
    let work = Rc::new(RefCell::new(signed(sender, requests, number)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let local = LocalSet::new();
    let start = harness::now();
    for _ in 0..CONNECTIONS {
        let work = work.clone();
        local.spawn_local(async move {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
            stream.set_nodelay(true).expect("a socket");
            let mut buffer = [0; 4096];
            loop {
                let Some(request) = work.borrow_mut().pop() else { return };
                stream.write_all(&request).await.expect("the request is taken");
                answer(&mut stream, &mut buffer).await;
            }
        });
    }
    runtime.block_on(async { tokio::time::timeout(longest, local).await }).expect("it ends in time");
    assert!(work.borrow().is_empty(), "a connection broke");
    start.elapsed()
}

/// So many requests, no two of them the same event. Signed before the measurement, since whoever signs meanwhile competes
/// with the server for the very unit that hashes.
fn signed(sender: Sender, requests: u64, number: &mut u64) -> Vec<Vec<u8>> {
    let sample = Sample::new(sender, BODY);
    let first = *number;
    *number += requests;
    (first..*number).map(|number| sample.numbered(number).to_http1(PATH)).collect()
}

/// Reads one answer, which has a length and no body.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await.expect("an answer");
        assert_ne!(read, 0, "the server hung up");
        filled += read;
        if buffer[..filled].ends_with(b"\r\n\r\n") {
            break;
        }
    }
    let status = buffer.get(..12).unwrap_or_default();
    assert!(status == b"HTTP/1.1 200", "{}", String::from_utf8_lossy(&buffer[..filled]));
}
