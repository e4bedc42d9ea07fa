//! Section G over HTTP/2, which the tower adapter's `serve` speaks: floods of streams and of frames.
//!
//! actix-web speaks it behind TLS only, with limits of its own server's; nothing of ours is in between.

use std::time::Duration;

use ::h2::client::SendRequest;
use bytes::Bytes;
use hookporter::{BodyMemory, Endpoint};
use hookporter_testkit::SignedRequest;

use crate::sender::{github, push, resident_bytes, told};
use crate::server::{Adapter, Server};

type Client = SendRequest<Bytes>;

/// How long bodies may take where that is not what is tested.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs `client` on a connection of its own, at most a minute.
fn connected<R: Future<Output = ()>>(server: &Server, client: impl FnOnce(Client) -> R) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
        let (sender, connection) = ::h2::client::handshake(stream).await.unwrap();
        let driven = tokio::spawn(async move {
            // A server that hangs up on a flood is within its rights.
            let _ = connection.await;
        });
        tokio::time::timeout(Duration::from_secs(60), client(sender)).await.expect("the client is done in time");
        driven.abort();
    });
}

fn http(request: &SignedRequest) -> http::Request<()> {
    let request = request.clone().into_http_with(|_| ());
    let (mut parts, body) = request.into_parts();
    parts.uri = format!("http://hooks.test{}", super::TARGET).parse().unwrap();
    http::Request::from_parts(parts, body)
}

/// The status of a request over this connection.
async fn status(client: &mut Client, request: &SignedRequest) -> u16 {
    let (response, mut body) = client.send_request(http(request), false).unwrap();
    body.send_data(request.body().clone(), true).unwrap();
    response.await.unwrap().status().as_u16()
}

fn start(body_deadline: Duration) -> (Server, BodyMemory) {
    let memory = BodyMemory::new(1 << 20);
    let endpoint: Endpoint = github().body_memory(memory.clone()).body_deadline(body_deadline);
    (Server::start(Adapter::Tower, endpoint), memory)
}

#[test]
fn the_same_is_accepted_and_refused_over_http2() {
    let (server, _) = start(PATIENCE);
    connected(&server, |mut client| async move {
        assert_eq!(status(&mut client, &push("h2")).await, 200);
        assert_eq!(status(&mut client, &push("h2")).await, 200);
        assert_eq!(status(&mut client, &push("forged").tampered_body()).await, 401);
        assert_eq!(status(&mut client, &push("bare").without_signature()).await, 401);
    });
    assert_eq!(server.handed_off().len(), 1, "the second is a duplicate");
}

/// G15: 2,000 streams, each reset as soon as it is opened.
#[test]
fn g15_a_flood_of_reset_streams_leaves_the_others_served() {
    let (server, memory) = start(PATIENCE);
    let before = resident_bytes();
    connected(&server, |client| async move {
        for _ in 0..2000 {
            // An error says that the server has had enough.
            let Ok(mut ready) = client.clone().ready().await else { break };
            let Ok((_, mut body)) = ready.send_request(http(&push("reset")), false) else { break };
            let _ = body.send_data(Bytes::from_static(b"{\"c"), false);
            body.send_reset(::h2::Reason::CANCEL);
            tokio::task::yield_now().await;
        }
    });
    unharmed(&server, &memory, before);
}

/// G16: 5,000 data frames with nothing in them.
#[test]
fn g16_a_flood_of_empty_frames_leaves_the_others_served() {
    let (server, memory) = start(Duration::from_millis(500));
    let before = resident_bytes();
    connected(&server, |mut client| async move {
        let (response, mut body) = client.send_request(http(&push("empty")), false).unwrap();
        for number in 0..5000 {
            if body.send_data(Bytes::new(), false).is_err() {
                break;
            }
            if number % 100 == 0 {
                tokio::task::yield_now().await;
            }
        }
        // Told that it is too slow, or hung up on.
        if let Ok(response) = response.await {
            assert_eq!(response.status(), 408);
        }
    });
    unharmed(&server, &memory, before);
}

fn unharmed(server: &Server, memory: &BodyMemory, before: usize) {
    assert!(server.handed_off().is_empty());
    // Where bodies have little time, a busy machine may need another try.
    let told = (0..5).map(|_| told(server, &push("over another connection"))).find(|status| *status != 408);
    assert_eq!(told, Some(200));
    crate::server::wait_for(|| memory.used() == 0);
    assert_eq!(memory.used(), 0, "bodies are still held");
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < 128 << 20, "{grown} bytes more");
}
