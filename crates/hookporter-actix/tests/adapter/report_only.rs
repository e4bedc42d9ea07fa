//! Report-only: forgeries go through, untouched, and are written down.

use actix_web::test::init_service;
use actix_web::{App, web};
use hookporter_actix::{EndpointMiddleware, Verified};
use hookporter_pipeline::Outcome;
use tokio::io::AsyncWriteExt;

use crate::kit::{connect, delivery, github, read_to_end, send, serve, to_actix};

async fn echo(body: web::Bytes, event: Option<Verified>) -> String {
    let proven = if event.is_some() { "proven" } else { "unproven" };
    format!("{proven} {}", String::from_utf8_lossy(&body))
}

#[actix_web::test]
async fn a_forgery_goes_through_with_its_whole_body() {
    let endpoint = github().report_only();
    let wrapped = EndpointMiddleware::new(endpoint.clone());
    let app = init_service(App::new().service(web::resource("/hook").wrap(wrapped).route(web::route().to(echo)))).await;
    // Refused after the body, before it, and at the door.
    let good = delivery("/hook", "the body");
    let forgeries = [
        to_actix(&good.clone().tampered_signature()),
        to_actix(&good.clone().without_signature()),
        to_actix(&good.clone()).method("PUT".parse().expect("a method")),
    ];
    for forgery in forgeries {
        let told = send(&app, forgery.to_request()).await;
        assert_eq!((told.status, &*told.body), (200, "unproven the body"));
    }
    assert_eq!(endpoint.count(Outcome::Rejected), 3);
    let told = send(&app, to_actix(&good).to_request()).await;
    assert_eq!((told.status, &*told.body), (200, "proven the body"));
}

#[actix_web::test]
async fn a_body_over_the_limit_goes_through_in_pieces() {
    let endpoint = github().body_limit(10).report_only();
    let address = serve(move || {
        let wrapped = EndpointMiddleware::new(endpoint.clone());
        App::new().service(web::resource("/hook").wrap(wrapped).route(web::post().to(echo)))
    });
    let head = String::from_utf8(delivery("/hook", "").with_header("transfer-encoding", "chunked").to_http1("a"))
        .expect("text");
    let head = head.replace("content-length: 0\r\n", "");
    let mut stream = connect(address).await;
    stream.write_all(head.as_bytes()).await.expect("written");
    for _ in 0..10 {
        stream.write_all(b"5\r\nabcde\r\n").await.expect("written");
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    stream.write_all(b"0\r\n\r\n").await.expect("written");
    let answer = read_to_end(&mut stream).await;
    assert!(answer.ends_with(&format!("unproven {}", "abcde".repeat(10))), "{answer}");
}
