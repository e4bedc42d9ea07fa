//! The server's shutdown.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpResponse, web};
use hookporter_actix::{EndpointMiddleware, Server};
use tokio::io::AsyncWriteExt;
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::kit::{LONG, connect, delivery, exchange, github, read_until};

#[actix_web::test]
async fn background_work_ends_before_the_server_does_and_nothing_more_is_taken() {
    let (done, mut ended) = mpsc::unbounded_channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let endpoint = github().background(10);
    let wrapped = EndpointMiddleware::new(endpoint.clone());
    // The work ends when everything else has been seen, however long that takes.
    let gate = Arc::new(Semaphore::new(0));
    let its_gate = gate.clone();
    let server = Server::bind("127.0.0.1:0").expect("a port").workers(1);
    let address = server.local_addr().expect("an address");
    let app = move || {
        let (done, gate) = (done.clone(), its_gate.clone());
        let slow = move || {
            let (done, gate) = (done.clone(), gate.clone());
            async move {
                gate.acquire().await.expect("open").forget();
                done.send(()).expect("a listener");
                HttpResponse::Ok().finish()
            }
        };
        App::new().service(web::resource("/hook").wrap(wrapped.clone()).route(web::post().to(slow)))
    };
    let running = actix_web::rt::spawn(server.run(app, async { drop(stopped.await) }));

    let mut idle = connect(address).await;
    let request = delivery("/hook", "one").with_header("connection", "keep-alive").to_http1("a");
    idle.write_all(&request).await.expect("written");
    assert!(read_until(&mut idle, "\r\n\r\n").await.starts_with("HTTP/1.1 200"));

    stop.send(()).expect("running");
    while endpoint.is_ready() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let answer = exchange(address, &delivery("/hook", "two").to_http1("a")).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after"), "{answer}");

    gate.add_permits(2);
    tokio::time::timeout(LONG, running).await.expect("in time").expect("no panic").expect("served");
    assert!(ended.try_recv().is_ok(), "the work ended first");
    assert!(ended.try_recv().is_err(), "and there was no more of it");
}

#[actix_web::test]
async fn without_keep_alive_every_answer_is_the_last() {
    let server = Server::bind("127.0.0.1:0").expect("a port").workers(1).no_keep_alive();
    let address = server.local_addr().expect("an address");
    let app = || App::new().route("/", web::get().to(HttpResponse::Ok));
    actix_web::rt::spawn(server.run(app, std::future::pending()));
    let answer = exchange(address, b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("connection: close"), "{answer}");
}
