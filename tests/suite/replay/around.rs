//! What is around the endpoint, and what is in its handler's hands: neither makes a success of a failure, nor opens a door.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpMessage, HttpRequest, HttpResponse, web};
use axum::routing::{MethodRouter, post};
use hookporter::actix::EndpointMiddleware;
use hookporter::inbox::{Attempt, Backoff, ChangeKind, WorkError};
use hookporter::tower::{EndpointLayer, RequestBody, StoredBody};
use hookporter::{Clock, Event, SystemClock};
use http::{Extensions, Request, Response, StatusCode};
use tower::{Layer, ServiceExt, service_fn};

use super::said::Said;
use super::state::State;
use super::{HOUR, Scene, Shape, acme, ends, impatient, through, work};
use crate::server::{Adapter, BOTH};

/// Works an event once, where middleware around the endpoint answers this for whatever the handler says; what became of it,
/// with its error.
async fn works(adapter: Adapter, around: u16, said: Said) -> (&'static str, String) {
    let scene = Scene::saying(adapter, move |_| said.clone()).await;
    scene.keeps("evt_1");
    let function = through(adapter, Shape::Around(around), &scene.state, &scene.endpoint);
    let changes = work(scene.inbox.worker(function).backoff(Backoff::new(HOUR, HOUR)), 1).await;
    scene.state.only();
    (ends(&changes)[0].1, changes[0].error.clone().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn middleware_makes_no_success_of_a_failure() {
    for adapter in BOTH {
        let failed = |text: &str| ("failed", text.to_owned());
        let (error, done) = (failed("the handler answered 500"), ("worked", String::new()));
        assert_eq!(works(adapter, 200, Said::Status(500)).await, error, "{adapter:?}");
        assert_eq!(works(adapter, 200, Said::Status(302)).await, failed("the handler answered 302"), "{adapter:?}");
        assert_eq!(works(adapter, 200, Said::Status(204)).await, done, "{adapter:?}");
        // Nor is it a success if there is a failure around.
        let around = failed("the handler succeeded, and the app around it answered 500");
        assert_eq!(works(adapter, 500, Said::Status(200)).await, around, "{adapter:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_handler_said_is_heard_through_middleware_that_drops_it() {
    for adapter in BOTH {
        for around in [200, 500] {
            let gone = Said::NotWorked(WorkError::dead_letter("the account is gone"));
            let said = works(adapter, around, gone).await;
            assert_eq!(said, ("dead", "the account is gone".to_owned()), "{adapter:?} {around}");
        }
        let scene = Scene::saying(adapter, |_| Said::RetryAfter("7200")).await;
        scene.keeps("evt_1");
        let function = through(adapter, Shape::Around(200), &scene.state, &scene.endpoint);
        let changes = work(scene.inbox.worker(function), 1).await;
        let ChangeKind::Failed(due) = changes[0].kind else { panic!("{adapter:?}: {changes:?}") };
        assert!(due.since(SystemClock.now()) > HOUR, "{adapter:?}: {due:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_handler_that_gave_no_answer_did_not_succeed() {
    // What a middleware that catches panics, or stops waiting, makes of it.
    let scene = Scene::with(Adapter::Tower, State::saying(|_| Said::Hang), acme()).await;
    scene.keeps("evt_1");
    let app = super::axum::app(Shape::Same, &scene.state, &scene.endpoint);
    let impatient_app = service_fn(move |request: Request<StoredBody>| {
        let called = tokio::time::timeout(Duration::from_millis(200), app.clone().oneshot(request));
        async move { Ok::<_, Infallible>(called.await.map_or_else(|_| Response::default(), Result::unwrap)) }
    });
    let worker = scene.inbox.worker(hookporter::tower::through(impatient_app));
    let changes = work(impatient(worker), 3).await;
    assert_eq!(ends(&changes), [(1, "failed"), (2, "failed"), (3, "dead")]);
    let text = "the handler ended without an answer, and the app around it answered 200";
    assert_eq!(changes[0].error.as_deref(), Some(text));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_service_that_fails_comes_again_when_the_backoff_says_and_not_in_a_second() {
    let scene = Scene::with(Adapter::Tower, State::new(), acme()).await;
    let fails = service_fn(|_: Request<RequestBody<StoredBody>>| async {
        Err::<Response<axum::body::Body>, _>(std::io::Error::other("the upstream is gone"))
    });
    let app = EndpointLayer::new(scene.endpoint.clone()).layer(fails);
    for id in ["evt_1", "evt_2", "evt_3"] {
        scene.keeps(id);
    }
    let worker = scene.inbox.worker(hookporter::tower::through(app)).backoff(Backoff::new(HOUR, HOUR));
    let changes = work(worker, 3).await;
    let waits: Vec<_> = changes
        .iter()
        .map(|change| {
            assert_eq!(change.error.as_deref(), Some("the wrapped service failed: the upstream is gone"));
            let ChangeKind::Failed(due) = change.kind else { panic!("{change:?}") };
            due.since(SystemClock.now())
        })
        .collect();
    assert!(waits.iter().any(|wait| *wait > Duration::from_secs(20)), "{waits:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_with_all_that_a_handler_had_is_no_replay_on_tower() {
    let scene = Scene::with(Adapter::Tower, State::new(), acme()).await;
    scene.keeps("evt_1");
    let had = Arc::new(Mutex::new(Vec::new()));
    let all = had.clone();
    let handler = move |extensions: Extensions| {
        all.lock().unwrap().push(extensions);
        async { StatusCode::OK }
    };
    let hook: MethodRouter = post(handler).layer(EndpointLayer::new(scene.endpoint.clone()));
    let app = axum::Router::new().route("/webhooks/{tenant}", hook);
    let changes = work(scene.inbox.worker(hookporter::axum::through(app.clone())), 1).await;
    assert_eq!(ends(&changes), [(1, "worked")]);
    let had = had.lock().unwrap().remove(0);
    assert_eq!(had.get::<Event>().unwrap().id(), Some("evt_1"));
    assert_eq!(had.get::<Attempt>().unwrap().number(), 1);
    let mut request = super::request("evt_2").without_signature().into_http_with(axum::body::Body::from);
    *request.extensions_mut() = had;
    assert_eq!(app.oneshot(request).await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_with_all_that_a_handler_had_is_no_replay_on_actix() {
    let scene = Scene::with(Adapter::Actix, State::new(), acme()).await;
    scene.keeps("evt_1");
    let had = Arc::new(Mutex::new(Vec::new()));
    let (all, endpoint) = (had.clone(), scene.endpoint.clone());
    let hook = move || web::resource("/webhooks/{tenant}").wrap(EndpointMiddleware::new(endpoint.clone()));
    let inner = hook.clone();
    let handler = move |request: HttpRequest| {
        let (inner, all) = (inner(), all.clone());
        async move {
            let app = App::new().service(inner.route(web::post().to(HttpResponse::Ok)));
            let app = actix_web::test::init_service(app).await;
            let sub = actix_web::test::TestRequest::post().uri(super::TARGET).set_payload("{}").to_request();
            let had = std::mem::take(&mut *request.extensions_mut());
            let id = had.get::<Event>().and_then(|event| event.id().map(str::to_owned));
            let attempt = had.get::<Attempt>().map(|attempt| attempt.number());
            *sub.extensions_mut() = had;
            let status = actix_web::test::call_service(&app, sub).await.status();
            all.lock().unwrap().push((id, attempt, status.as_u16()));
            HttpResponse::Ok().finish()
        }
    };
    let app = move || App::new().service(hook().route(web::post().to(handler.clone())));
    let function = hookporter::actix::through(1, app).unwrap();
    let changes = work(scene.inbox.worker(function), 1).await;
    assert_eq!(ends(&changes), [(1, "worked")]);
    assert_eq!(*had.lock().unwrap(), [(Some("evt_1".to_owned()), Some(1), 401)]);
}
