//! The handler's answer is the answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::dev::Service as _;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::init_service;
use actix_web::{App, HttpMessage as _, HttpResponse, error, web};
use hookporter_actix::{EndpointMiddleware, Verified};
use hookporter_core::Reason;
use hookporter_pipeline::Outcome;
use tokio::sync::{Semaphore, mpsc};

use crate::kit::{LONG, delivery, github, send, to_actix};

/// Counts its calls, and answers with the status that the body names.
async fn answer(calls: web::Data<AtomicUsize>, Verified(event): Verified) -> actix_web::Result<HttpResponse> {
    calls.fetch_add(1, Ordering::SeqCst);
    let text = std::str::from_utf8(event.body()).expect("text").to_owned();
    match text.as_str() {
        "panic" => panic!("as asked"),
        "error" => Err(error::ErrorInternalServerError("as asked")),
        "refusal" => Err(error::ErrorBadRequest("as asked")),
        _ => {
            Ok(HttpResponse::build(StatusCode::from_u16(text.parse().expect("a status")).expect("a status")).body(text))
        }
    }
}

macro_rules! app {
    ($endpoint:expr, $calls:expr) => {
        init_service(
            App::new()
                .app_data(web::Data::from($calls.clone()))
                .service(web::resource("/hook").wrap(EndpointMiddleware::new($endpoint)).route(web::post().to(answer))),
        )
        .await
    };
}

#[actix_web::test]
async fn a_proven_delivery_gets_the_handlers_answer() {
    let (endpoint, calls) = (github(), Arc::new(AtomicUsize::new(0)));
    let app = app!(endpoint.clone(), calls);
    // Body, status told, body told.
    let cases = [
        ("200", 200, "200"),
        ("404", 404, "404"),
        ("422", 422, "422"),
        ("refusal", 400, "as asked"),
        ("500", 503, ""),
        ("302", 503, ""),
        ("410", 503, ""),
        ("error", 503, ""),
        ("panic", 503, ""),
    ];
    for (body, status, answer) in cases {
        let told = send(&app, to_actix(&delivery("/hook", body)).to_request()).await;
        assert_eq!((told.status, &*told.body), (status, answer), "{body}");
        assert_eq!(told.retry_after.is_some(), status == 503, "{body}");
    }
    assert_eq!(calls.load(Ordering::SeqCst), cases.len());
    assert_eq!(endpoint.count(Outcome::Accepted), 1);
}

#[actix_web::test]
async fn a_forgery_never_reaches_the_handler() {
    let (endpoint, calls) = (github(), Arc::new(AtomicUsize::new(0)));
    let app = app!(endpoint, calls);
    let maker = hookporter_testkit::github("a secret that is long enough").event("push").target("/hook").body("200");
    for forgery in maker.mutations() {
        let told = send(&app, to_actix(&forgery.request).to_request()).await;
        assert_eq!((told.status, &*told.body), (401, ""), "{}", forgery.name);
        assert_eq!(told.reason, Some(forgery.expected), "{}", forgery.name);
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    assert_eq!(send(&app, to_actix(&maker.build()).to_request()).await.status, 200);
}

#[actix_web::test]
async fn every_other_method_is_told_the_right_one() {
    let (endpoint, calls) = (github(), Arc::new(AtomicUsize::new(0)));
    let app = app!(endpoint, calls);
    for method in ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "BREW"] {
        let request = delivery("/hook", "200");
        let request = to_actix(&request).method(method.parse().expect("a method"));
        let told = send(&app, request.to_request()).await;
        assert_eq!((told.status, told.allow.as_deref(), &*told.body), (405, Some("POST"), ""), "{method}");
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[actix_web::test]
async fn of_two_at_once_one_is_handled_and_both_are_acknowledged() {
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = calls.clone();
    let slow = move || {
        seen.fetch_add(1, Ordering::SeqCst);
        async { tokio::time::sleep(Duration::from_millis(50)).await }
    };
    let endpoint = github().budget(Duration::from_secs(60));
    let app = init_service(App::new().service(web::resource("/hook").wrap(EndpointMiddleware::new(endpoint)).route(
        web::post().to(move || {
            let done = slow();
            async move {
                done.await;
                HttpResponse::Ok().finish()
            }
        }),
    )))
    .await;
    let request = || to_actix(&delivery("/hook", "once")).to_request();
    let (first, second) = tokio::join!(send(&app, request()), send(&app, request()));
    assert_eq!((first.status, second.status), (200, 200));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[actix_web::test]
async fn a_slow_handler_goes_on_after_its_sender_was_told_to_come_again() {
    let (done, mut ended) = mpsc::unbounded_channel();
    // It ends when its sender has been told, however long that takes.
    let gate = Arc::new(Semaphore::new(0));
    let its_gate = gate.clone();
    let endpoint = github().budget(Duration::from_millis(20));
    let app = init_service(App::new().service(web::resource("/hook").wrap(EndpointMiddleware::new(endpoint)).route(
        web::post().to(move || {
            let (done, gate) = (done.clone(), its_gate.clone());
            async move {
                gate.acquire().await.expect("open").forget();
                done.send(()).expect("a listener");
                HttpResponse::Ok().finish()
            }
        }),
    )))
    .await;
    let request = || to_actix(&delivery("/hook", "slow")).to_request();
    let told = send(&app, request()).await;
    assert_eq!((told.status, told.reason), (503, Some(Reason::HandoffTimeout)));
    assert!(told.retry_after.is_some());
    gate.add_permits(1);
    tokio::time::timeout(LONG, ended.recv()).await.expect("in time");
    tokio::task::yield_now().await;
    assert_eq!(send(&app, request()).await.status, 200, "the retry is a duplicate");
    assert!(ended.try_recv().is_err(), "and is not handled again");
}

#[actix_web::test]
async fn a_scope_or_a_whole_app_can_be_wrapped_and_inner_middleware_may_change_the_head() {
    let handler = |path: web::Path<String>, request: actix_web::HttpRequest| async move {
        format!("{path} {}", request.headers().get("x-marked").expect("marked").to_str().expect("text"))
    };
    let app = init_service(
        App::new()
            .service(web::scope("/hooks").service(web::resource("/{tenant}").route(web::post().to(handler))).wrap_fn(
                |mut request, service| {
                    // It panics while a second handle to the request exists.
                    let (name, value) = (HeaderName::from_static("x-marked"), HeaderValue::from_static("yes"));
                    request.headers_mut().insert(name, value);
                    service.call(request)
                },
            ))
            .wrap(EndpointMiddleware::new(github())),
    )
    .await;
    let told = send(&app, to_actix(&delivery("/hooks/ann", "{}")).to_request()).await;
    assert_eq!((told.status, &*told.body), (200, "ann yes"));
}

#[actix_web::test]
async fn an_error_of_inner_middleware_counts_by_its_status() {
    let app = init_service(
        App::new().service(
            web::resource("/hook")
                .route(web::post().to(HttpResponse::Ok))
                .wrap_fn(|request, _| {
                    let late =
                        request.extensions().get::<hookporter_pipeline::Event>().expect("proven").body() == "late";
                    let error = if late { error::ErrorGatewayTimeout("late") } else { error::ErrorForbidden("no") };
                    async move { Err::<actix_web::dev::ServiceResponse, _>(error) }
                })
                .wrap(EndpointMiddleware::new(github())),
        ),
    )
    .await;
    let told = send(&app, to_actix(&delivery("/hook", "{}")).to_request()).await;
    assert_eq!((told.status, &*told.body), (403, "no"));
    let told = send(&app, to_actix(&delivery("/hook", "late")).to_request()).await;
    assert_eq!((told.status, &*told.body, told.reason), (503, "", Some(Reason::HandlerFailed)));
}
