//! An endpoint on axum with the inbox behind it: from the request to the worker's function, over a server that comes and goes.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::post;
use hookporter_core::{ConfigError, Secret};
use hookporter_nats::{Inbox, Settings};
use hookporter_pipeline::inbox::{Durability, WorkError};
use hookporter_pipeline::{Endpoint, Event};
use hookporter_testkit::SignedRequest;
use hookporter_testkit::inbox::Stopwatch;
use hookporter_tower::{EndpointLayer, EndpointService};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};
use tower::ServiceExt;

use crate::server::Server;

const SECRET: &str = "a secret that is long enough";

fn app(inbox: &Inbox) -> Router {
    let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().inbox(inbox);
    let endpoint = endpoint.durability(Durability::Written).unwrap();
    let never = post(|| async { StatusCode::IM_A_TEAPOT });
    Router::new().route("/webhooks/github", never.layer(EndpointLayer::new(endpoint)))
}

fn push(number: usize) -> SignedRequest {
    hookporter_testkit::github(SECRET).event("push").body(format!("{{\"number\":{number}}}")).build()
}

async fn send(app: &Router, delivery: &SignedRequest) -> StatusCode {
    let mut request = Request::builder().method(delivery.method()).uri("/webhooks/github");
    for (name, value) in delivery.headers() {
        request = request.header(name, value);
    }
    let request = request.body(Body::from(delivery.body().clone())).unwrap();
    app.clone().oneshot(request).await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_on_its_defaults_is_refused_unless_the_endpoint_says_that_it_will_do() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("defaults").await;
    let endpoint = || Endpoint::github(Secret::new(SECRET)).unwrap().inbox(&inbox);
    let error = endpoint().check_inbox().unwrap_err().to_string();
    assert!(error.contains("loses power") && error.contains("Durability::Written"), "{error}");
    let never = post(|| async { StatusCode::OK });
    let app = Router::new().route("/webhooks/github", never.layer(EndpointLayer::new(endpoint())));
    assert_eq!(send(&app, &push(1)).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.count("defaults").await, 0);
    if server.can_sync() {
        let settings = Settings::new().stream("synced").server_syncs_always();
        let inbox = settings.connect(&server.url()).await.unwrap();
        assert!(Endpoint::github(Secret::new(SECRET)).unwrap().inbox(&inbox).check_inbox().is_ok());
    }
}

/// A service does not build, a layer, whose constructor cannot fail, says so in the log; and no event is taken, whether it is in a
/// lane or not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_with_an_order_does_not_build() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("order").await;
    let endpoint = || {
        let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().inbox(&inbox);
        endpoint.durability(Durability::Written).unwrap()
    };
    assert!(EndpointService::new(endpoint()).is_ok());
    let ordered = endpoint().in_order_by(|event| event.member("/number"));
    let error = EndpointService::new(ordered.clone()).unwrap_err();
    assert!(matches!(error, ConfigError::Setting { setting: "in_order_by", .. }), "{error:?}");
    assert!(error.to_string().contains("worked in no order"), "{error}");
    // Where the inbox is named last, too.
    let named_last = Endpoint::github(Secret::new(SECRET)).unwrap().in_order_by(|_| None).inbox(&inbox);
    let named_last = named_last.durability(Durability::Written).unwrap();
    assert_eq!(named_last.check_inbox().unwrap_err().to_string(), error.to_string());
    let never = post(|| async { StatusCode::OK });
    let app = Router::new().route("/webhooks/github", never.layer(EndpointLayer::new(named_last)));
    assert_eq!(send(&app, &push(1)).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.count("order").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_acknowledged_is_worked_and_senders_are_told_503_while_the_server_is_away() {
    let Some(mut server) = Server::start() else { return };
    let inbox = server.inbox("door").await;
    let app = app(&inbox);
    let (calls, mut called) = mpsc::unbounded_channel();
    let worker = inbox.worker(move |event: Event| {
        calls.send(String::from_utf8(event.body().to_vec()).unwrap()).unwrap();
        std::future::ready(Ok::<_, WorkError>(()))
    });
    tokio::spawn(worker.run_until(std::future::pending()));

    let first = push(1);
    let copies: Vec<_> = (0..20).map(|_| first.clone()).collect();
    let app = Arc::new(app);
    let sending: Vec<_> = copies
        .into_iter()
        .map(|copy| {
            let app = app.clone();
            tokio::spawn(async move { send(&app, &copy).await })
        })
        .collect();
    for sent in sending {
        assert_eq!(sent.await.unwrap(), StatusCode::OK);
    }
    server.kill();
    let mut waited = Vec::new();
    for _ in 0..10 {
        let began = Stopwatch::start();
        assert_eq!(send(&app, &push(2)).await, StatusCode::SERVICE_UNAVAILABLE);
        waited.push(began.elapsed());
    }
    // But for those who came before it was noticed.
    waited.sort_unstable();
    assert!(waited[5] < Duration::from_millis(100), "nobody waits for a server that is away: {waited:?}");
    server.relaunch();
    let began = Stopwatch::start();
    while send(&app, &push(2)).await != StatusCode::OK {
        assert!(began.elapsed() < Duration::from_secs(2), "not back within two seconds");
        sleep(Duration::from_millis(20)).await;
    }
    server.signal("STOP");
    let began = Stopwatch::start();
    assert_eq!(send(&app, &push(3)).await, StatusCode::SERVICE_UNAVAILABLE);
    assert!(began.elapsed() < Duration::from_secs(4), "within the budget: {:?}", began.elapsed());
    server.signal("CONT");
    let began = Instant::now();
    while send(&app, &push(3)).await != StatusCode::OK {
        assert!(began.elapsed() < Duration::from_secs(20), "not back");
        sleep(Duration::from_millis(20)).await;
    }
    let mut worked = Vec::new();
    while !["1", "2", "3"].iter().all(|number| worked.contains(&format!("{{\"number\":{number}}}"))) {
        worked.push(timeout(Duration::from_secs(40), called.recv()).await.expect("not worked").unwrap());
    }
}
