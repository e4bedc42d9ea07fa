//! Acknowledged at once, the same handler in the background.

use std::collections::BTreeSet;
use std::time::Duration;

use actix_web::dev::Service as _;
use actix_web::test::init_service;
use actix_web::{App, HttpMessage as _, HttpRequest, HttpResponse, web};
use hookporter_actix::{EndpointMiddleware, Verified};
use hookporter_core::Reason;
use tokio::io::AsyncWriteExt;
use tokio::sync::{Semaphore, mpsc};

use crate::kit::{LONG, connect, delivery, github, read_until, send, serve, to_actix};

/// What the handler waits for, and where it tells what it saw.
struct State {
    gate: Semaphore,
    seen: mpsc::UnboundedSender<String>,
}

impl State {
    fn new() -> (web::Data<Self>, mpsc::UnboundedReceiver<String>) {
        let (seen, told) = mpsc::unbounded_channel();
        (web::Data::new(Self { gate: Semaphore::new(0), seen }), told)
    }
}

/// Tells, after the gate opened, everything that came with its request.
async fn tell(
    state: web::Data<State>,
    path: web::Path<String>,
    body: web::Bytes,
    Verified(event): Verified,
    request: HttpRequest,
) -> HttpResponse {
    state.gate.acquire().await.expect("open").forget();
    assert_eq!(event.body(), &body);
    let marked = request.extensions().get::<u32>().copied();
    let pattern = request.match_pattern().expect("matched");
    let text = format!("{path} {} {marked:?} {pattern} {}", request.path(), String::from_utf8_lossy(&body));
    assert_ne!(&body[..], b"panic", "as asked");
    state.seen.send(text).expect("a listener");
    HttpResponse::Ok().finish()
}

async fn next(told: &mut mpsc::UnboundedReceiver<String>) -> String {
    tokio::time::timeout(LONG, told.recv()).await.expect("in time").expect("told")
}

#[actix_web::test]
async fn the_handler_finds_its_whole_request_after_the_reply() {
    let (state, mut told) = State::new();
    let app = init_service(
        App::new().app_data(state.clone()).service(
            web::resource("/hook/{tenant}")
                .wrap(EndpointMiddleware::new(github().background(2)))
                .wrap_fn(|request, service| {
                    request.extensions_mut().insert(7_u32);
                    service.call(request)
                })
                .route(web::post().to(tell)),
        ),
    )
    .await;
    let request = |body: &str| to_actix(&delivery("/hook/ann", body)).to_request();
    for (body, status, reason) in
        [("1", 200, None), ("1", 200, None), ("2", 200, None), ("3", 503, Some(Reason::HandoffFull))]
    {
        let answer = send(&app, request(body)).await;
        assert_eq!((answer.status, &*answer.body, answer.reason), (status, "", reason), "{body}");
    }
    assert!(told.try_recv().is_err());
    state.gate.add_permits(2);
    assert_eq!(next(&mut told).await, "ann /hook/ann Some(7) /hook/{tenant} 1");
    assert_eq!(next(&mut told).await, "ann /hook/ann Some(7) /hook/{tenant} 2");
    tokio::task::yield_now().await;
    assert_eq!(send(&app, request("3")).await.status, 200, "there is room again");
}

#[actix_web::test]
async fn a_panic_takes_the_events_mark_back() {
    let (state, mut told) = State::new();
    state.gate.add_permits(10);
    let wrapped = EndpointMiddleware::new(github().background(2));
    let resource = web::resource("/hook/{tenant}").wrap(wrapped).route(web::post().to(tell));
    let app = init_service(App::new().app_data(state.clone()).service(resource)).await;
    for _ in 0..2 {
        assert_eq!(send(&app, to_actix(&delivery("/hook/ann", "panic")).to_request()).await.status, 200);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(state.gate.available_permits(), 8, "it was called both times");
    assert!(told.try_recv().is_err());
    assert_eq!(send(&app, to_actix(&delivery("/hook/ann", "calm")).to_request()).await.status, 200);
    assert!(next(&mut told).await.ends_with("calm"));
}

#[actix_web::test]
async fn a_wrapped_scope_routes_after_the_reply() {
    let (state, mut told) = State::new();
    state.gate.add_permits(1);
    let scope = web::scope("/hook").service(web::resource("/{tenant}").route(web::post().to(tell)));
    let scope = scope.wrap(EndpointMiddleware::new(github().background(2)));
    let app = init_service(App::new().app_data(state).service(scope)).await;
    let answer = send(&app, to_actix(&delivery("/hook/ann", "{}")).to_request()).await;
    assert_eq!((answer.status, &*answer.body, answer.reason), (200, "", None));
    assert_eq!(next(&mut told).await, "ann /hook/ann None /hook/{tenant} {}");
}

#[actix_web::test]
async fn the_handler_waits_until_a_held_reply_is_gone() {
    let (state, mut told) = State::new();
    state.gate.add_permits(1);
    // A scope whose path is matched whole looks like a resource, and its routing panics while the reply is held.
    let scope = web::scope("/hook/{tenant}").route("", web::post().to(tell));
    let scope = scope.wrap(EndpointMiddleware::new(github().background(2))).wrap_fn(|request, service| {
        let called = service.call(request);
        async move {
            let response = called.await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            response
        }
    });
    let app = init_service(App::new().app_data(state).service(scope)).await;
    assert_eq!(send(&app, to_actix(&delivery("/hook/ann", "{}")).to_request()).await.status, 200);
    assert_eq!(next(&mut told).await, "ann /hook/ann None /hook/{tenant} {}");
}

#[actix_web::test]
async fn requests_that_come_meanwhile_do_not_touch_the_ones_in_the_background() {
    let (state, mut told) = State::new();
    let endpoint = github().background(100);
    let (shared, wrapped) = (state.clone(), EndpointMiddleware::new(endpoint));
    let address = serve(move || {
        let resource = web::resource("/hook/{tenant}").wrap(wrapped.clone()).route(web::post().to(tell));
        App::new().app_data(shared.clone()).service(resource).route("/other/{tenant}", web::get().to(HttpResponse::Ok))
    });
    let mut stream = connect(address).await;
    let mut expected = BTreeSet::new();
    // actix reuses its request objects: every delivery is followed by a request that would overwrite it.
    for number in 0..50 {
        let request = delivery(&format!("/hook/{number}"), &format!("body {number}"));
        let bytes = request.with_header("connection", "keep-alive").to_http1("a");
        stream.write_all(&bytes).await.expect("written");
        assert!(read_until(&mut stream, "\r\n\r\n").await.starts_with("HTTP/1.1 200"));
        stream.write_all(b"GET /other/overwritten HTTP/1.1\r\nhost: a\r\n\r\n").await.expect("written");
        read_until(&mut stream, "\r\n\r\n").await;
        expected.insert(format!("{number} /hook/{number} None /hook/{{tenant}} body {number}"));
    }
    assert!(told.try_recv().is_err());
    state.gate.add_permits(50);
    let mut seen = BTreeSet::new();
    for _ in 0..50 {
        seen.insert(next(&mut told).await);
    }
    assert_eq!(seen, expected);
}
