//! Our layer over other layers, and endpoints without a handler. In process: no socket takes part in it.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use hookporter::axum::{EndpointLayer, EndpointService};
use hookporter::tower::RequestBody;
use hookporter::{BoxError, Endpoint, Event, Outcome, Reason};
use tower::buffer::BufferLayer;
use tower::limit::ConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};

use crate::attacks::{TARGET, raw};
use crate::sender::{paid, push, stripe};
use crate::server::PATH;

type Request = http::Request<RequestBody<Body>>;

/// A handler that takes 100 ms, and counts its calls.
fn handler(
    calls: &Arc<AtomicUsize>,
) -> impl Service<Request, Response = http::Response<Body>, Error = Infallible, Future: Send> + Clone + Send + 'static {
    let calls = calls.clone();
    tower::service_fn(move |_| {
        let calls = calls.clone();
        async move {
            calls.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(100)).await;
            Ok(http::Response::new(Body::empty()))
        }
    })
}

/// Sends four events at once through `service` behind `endpoint`; the statuses, sorted.
async fn four<S>(endpoint: &Endpoint, service: S) -> Vec<u16>
where
    S: Service<Request, Response = http::Response<Body>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
{
    let service = EndpointLayer::new(endpoint.clone()).layer(service);
    let sent: Vec<_> = (0..4)
        .map(|number| {
            let request = paid(&format!("evt_{number}")).into_http_with(Body::from);
            tokio::spawn(service.clone().oneshot(request))
        })
        .collect();
    let mut statuses = Vec::new();
    for answer in sent {
        statuses.push(answer.await.expect("no panic").unwrap().status().as_u16());
    }
    statuses.sort_unstable();
    statuses
}

/// There a clone was called that nobody had asked to be ready, which panics over a concurrency limit.
#[tokio::test(start_paused = true)]
async fn a_clone_of_the_service_was_called_that_was_not_ready() {
    let calls = Arc::new(AtomicUsize::new(0));
    let limited = ServiceBuilder::new().layer(ConcurrencyLimitLayer::new(1)).service(handler(&calls));
    assert_eq!(four(&stripe(), limited).await, [200; 4], "one after the other");
    let buffered = ServiceBuilder::new().layer(BufferLayer::new(1)).concurrency_limit(1).service(handler(&calls));
    assert_eq!(four(&stripe(), buffered).await, [200; 4], "through a buffer");
    assert_eq!(calls.load(Ordering::SeqCst), 8);
    let shedding = ServiceBuilder::new().layer(LoadShedLayer::new()).concurrency_limit(1).service(handler(&calls));
    let endpoint = stripe();
    assert_eq!(four(&endpoint, shedding).await, [200, 503, 503, 503], "what is shed is asked for again");
    assert_eq!(endpoint.count(Outcome::Unavailable), 3);
}

/// A limit that stays full is waited for within the budget, no longer.
#[tokio::test(start_paused = true)]
async fn a_service_that_is_never_ready_kept_the_sender_waiting() {
    let calls = Arc::new(AtomicUsize::new(0));
    let limited = ServiceBuilder::new().layer(ConcurrencyLimitLayer::new(1)).service(handler(&calls));
    let mut holder = limited.clone();
    let _place = holder.ready().await.unwrap();
    let started = tokio::time::Instant::now();
    let endpoint = stripe().budget(Duration::from_millis(200));
    assert_eq!(four(&endpoint, limited).await, [503; 4]);
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
}

/// An endpoint with a handler for one type, standing alone.
fn alone(reasons: &Arc<std::sync::Mutex<Vec<Option<Reason>>>>) -> Endpoint {
    async fn take(_: Event) -> Result<(), Infallible> {
        Ok(())
    }
    let reasons = reasons.clone();
    let note = move |record: &hookporter::Record| reasons.lock().unwrap().push(record.reason);
    crate::sender::github().on("push", take).observer(note)
}

#[tokio::test]
async fn what_no_handler_took_was_acknowledged_tower() {
    let reasons = Arc::default();
    let service = EndpointService::new(alone(&reasons)).unwrap();
    for (event, status) in [("push", 200), ("ping", 503)] {
        let request = push(event).with_header("x-github-event", event).into_http_with(Body::from);
        assert_eq!(service.clone().oneshot(request).await.unwrap().status(), status, "{event}");
    }
    assert_eq!(*reasons.lock().unwrap(), [None, Some(Reason::NoHandler)]);
    assert!(EndpointService::new(stripe()).is_err(), "nowhere to go, and it builds");
}

#[test]
fn what_no_handler_took_was_acknowledged_actix() {
    use actix_web::{App, test};
    let reasons = Arc::default();
    let resource = hookporter::actix::EndpointResource::new(PATH, alone(&reasons)).unwrap();
    actix_web::rt::System::new().block_on(async {
        let app = test::init_service(App::new().service(resource)).await;
        for (event, status) in [("push", 200), ("ping", 503)] {
            let request = push(event).with_header("x-github-event", event);
            let sent = request.headers().iter().fold(test::TestRequest::post().uri(TARGET), |sent, (name, value)| {
                sent.insert_header((name.as_str(), value.as_str()))
            });
            let answer = test::call_service(&app, sent.set_payload(request.body().clone()).to_request()).await;
            assert_eq!(answer.status().as_u16(), status, "{event}");
        }
    });
    assert_eq!(*reasons.lock().unwrap(), [None, Some(Reason::NoHandler)]);
    assert!(hookporter::actix::EndpointResource::new(PATH, stripe()).is_err(), "nowhere to go, and it builds");
}

/// 302 sends a sender elsewhere, 410 makes it unsubscribe, 500 is no promise: all three are 503, come again.
#[test]
fn what_a_handler_answered_made_the_sender_give_up() {
    for adapter in crate::server::BOTH {
        for status in [302, 301, 406, 410, 500, 501, 502, 504, 101] {
            let server = crate::server::Server::with_handler(adapter, stripe(), Arc::new(move |_| status));
            let answer = crate::sender::send_raw(&server, &raw(&paid("evt_status"))).unwrap();
            assert_eq!(answer.status, 503, "{adapter:?}: the handler answered {status}");
            assert!(answer.header("retry-after").is_some() && answer.header("location").is_none());
            assert_eq!(server.only_outcome().1, Some(Reason::HandlerFailed), "{adapter:?} {status}");
        }
    }
}
