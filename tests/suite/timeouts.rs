//! The `serve` helpers: a slow head is not waited for, and stalled uploads do not keep a server from ending.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use hookporter::{Endpoint, Secret};

use crate::server::{Adapter, BOTH, PATH, Server};
use crate::wire::{Wire, head};

fn endpoint() -> Endpoint {
    Endpoint::github(Secret::new("a secret that is long enough")).unwrap().channel(1).0
}

/// Serves with a head timeout of 300 ms until the sender of the second half is dropped.
fn impatient(adapter: Adapter) -> (SocketAddr, tokio::sync::oneshot::Sender<()>) {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (report, bound) = mpsc::channel();
    let patience = Duration::from_millis(300);
    std::thread::spawn(move || {
        let stop = async {
            let _ = stopped.await;
        };
        match adapter {
            Adapter::Tower => tokio::runtime::Runtime::new().unwrap().block_on(async {
                let service = hookporter::axum::EndpointService::new(endpoint()).unwrap();
                let app: axum::Router = axum::Router::new().route_service(PATH, service);
                let server = hookporter::axum::Server::bind("127.0.0.1:0").await.unwrap().head_timeout(patience);
                report.send(server.local_addr().unwrap()).unwrap();
                server.run(app, stop).await;
            }),
            Adapter::Actix => actix_web::rt::System::new().block_on(async {
                let server = hookporter::actix::Server::bind("127.0.0.1:0").unwrap().head_timeout(patience).workers(1);
                report.send(server.local_addr().unwrap()).unwrap();
                let resource = hookporter::actix::EndpointResource::new(PATH, endpoint()).unwrap();
                server.run(move || actix_web::App::new().service(resource.clone()), stop).await.unwrap();
            }),
        }
    });
    (bound.recv_timeout(Duration::from_secs(10)).unwrap(), stop)
}

#[test]
fn a_head_that_never_ends_is_not_waited_for() {
    for adapter in BOTH {
        let (address, _stop) = impatient(adapter);
        let idle = b"GET /hook HTTP/1.1\r\nhost: a\r\n\r\n";
        for sent in [&b""[..], b"PRI * HTTP", b"POST /hook HTTP/1.1\r\nhost: a\r\nx-slow: ", idle] {
            let mut wire = Wire::connect(address);
            wire.write(sent);
            let started = Instant::now();
            // An answer of 408 first is as good.
            let _ = wire.answer();
            assert!(wire.is_closed(), "{adapter:?} after {sent:?}");
            assert!(started.elapsed() < Duration::from_secs(8), "{adapter:?}: {:?}", started.elapsed());
        }
    }
}

#[test]
fn a_server_ends_in_time_although_uploads_stall() {
    for adapter in BOTH {
        let server = Server::start(adapter, Endpoint::github(Secret::new("a secret that is long enough")).unwrap());
        let signature = ("x-hub-signature-256".to_owned(), format!("sha256={}", "0".repeat(64)).into_bytes());
        let stalled: Vec<Wire> = (0..100)
            .map(|_| {
                let mut wire = Wire::connect(server.address);
                wire.write(&head("POST", PATH, &[signature.clone(), ("content-length".to_owned(), b"100".to_vec())]));
                wire.write(b"\r\nabc");
                wire
            })
            .collect();
        std::thread::sleep(Duration::from_millis(100));
        let started = Instant::now();
        // Bodies that stall are given up after ten seconds.
        drop(server);
        assert!(started.elapsed() < Duration::from_secs(8), "{adapter:?}: {:?}", started.elapsed());
        drop(stalled);
    }
}
