//! An endpoint on axum: acknowledged once the server has it, worked by the same app.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::{Router, extract::State, routing::post};
use hookporter_core::Secret;
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::inbox::{Durability, Worker};
use hookporter_redis::Inbox;
use hookporter_testkit::inbox::Stopwatch;
use hookporter_tower::{EndpointLayer, Verified, through};
use tokio::time::{Instant, sleep};
use tower::ServiceExt;

use crate::server::Server;

const SECRET: &str = "whsec_of_the_test";

type Worked = Arc<Mutex<Vec<String>>>;

async fn paid(State(worked): State<Worked>, Verified(event): Verified) -> StatusCode {
    worked.lock().unwrap().push(event.id().unwrap().to_owned());
    StatusCode::OK
}

fn app(endpoint: Endpoint, worked: &Worked) -> Router {
    Router::new().route("/hooks", post(paid).layer(EndpointLayer::new(endpoint))).with_state(worked.clone())
}

fn stripe(inbox: &Inbox) -> Endpoint {
    Endpoint::stripe(Secret::new(SECRET)).unwrap().inbox(inbox)
}

async fn sent(app: &Router, id: &str) -> (StatusCode, Duration) {
    let maker = hookporter_testkit::stripe(SECRET).event("invoice.paid").event_id(id).target("/hooks");
    let began = Stopwatch::start();
    let answer = app.clone().oneshot(maker.build().into_http_with(Body::from)).await.unwrap();
    (answer.status(), began.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_are_acknowledged_once_the_server_has_them_and_refused_while_it_is_away() {
    let Some(mut server) = Server::start() else { return };
    let (inbox, worked) = (server.inbox("shop").await, Worked::default());
    let app = app(stripe(&inbox), &worked);
    let copies: Vec<_> = (0..200)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move { sent(&app, "evt_1").await.0 })
        })
        .collect();
    for copy in copies {
        assert_eq!(copy.await.unwrap(), StatusCode::OK);
    }
    let look = server.look().await;
    assert_eq!(look.events("shop").await, 1);
    let forged = hookporter_testkit::stripe("whsec_of_another").event("invoice.paid").target("/hooks");
    let answer = app.clone().oneshot(forged.build().into_http_with(Body::from)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(look.events("shop").await, 1);

    tokio::spawn(Worker::new(inbox.clone(), through(app.clone())).run_until(std::future::pending()));
    let began = Instant::now();
    while look.undone("shop").await > 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "it is not worked");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(*worked.lock().unwrap(), ["evt_1"]);

    server.kill();
    for at in 0..20 {
        let (status, took) = sent(&app, &format!("evt_away_{at}")).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
    server.launch();
    server.await_up();
    let up = Stopwatch::start();
    while sent(&app, "evt_2").await.0 != StatusCode::OK {
        assert!(up.elapsed() < Duration::from_secs(2), "not back within two seconds");
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_acknowledged_by_a_server_on_its_defaults() {
    let Some(server) = Server::with(&[]) else { return };
    let (inbox, worked) = (server.inbox("shop").await, Worked::default());
    let demanding = app(stripe(&inbox), &worked);
    assert_eq!(sent(&demanding, "evt_1").await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.look().await.events("shop").await, 0);
    drop(demanding);
    let waived = app(stripe(&inbox).durability(Durability::Memory).unwrap(), &worked);
    assert_eq!(sent(&waived, "evt_1").await.0, StatusCode::OK);
    assert_eq!(server.look().await.events("shop").await, 1);
}
