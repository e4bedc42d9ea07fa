//! A tower service that is no router: the layer around a function, and nothing else.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use hookporter::inbox::Attempt;
use hookporter::tower::{EndpointLayer, RequestBody, ResponseBody, StoredBody, Unwrapped, through};
use hookporter::{Event, Inbox};
use http::{Request, Response, StatusCode};
use http_body::Body;
use tower::{Layer, service_fn};

use super::directory::Directory;
use super::state::State;
use super::{acme, ends, impatient, request, send, serve, work};
use crate::server::Adapter;

/// A body that is never there.
type Nothing = ResponseBody<Unwrapped>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_no_router_works_what_another_one_kept() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let endpoint = acme().inbox(&inbox);
    assert_eq!(send(serve(Adapter::Tower, &State::new(), &endpoint).await, &request("evt_1")), 200);

    let seen = Arc::new(Mutex::new(Vec::new()));
    let all = seen.clone();
    let handler = service_fn(move |request: Request<RequestBody<StoredBody>>| {
        let (event, attempt) = (request.extensions().get::<Event>(), request.extensions().get::<Attempt>());
        let attempt = attempt.unwrap().number();
        let length = request.body().size_hint().exact().unwrap();
        all.lock().unwrap().push((event.unwrap().id().unwrap().to_owned(), attempt, length));
        let status = if attempt == 1 { StatusCode::BAD_GATEWAY } else { StatusCode::NO_CONTENT };
        let body = axum::body::Body::from(Bytes::new());
        let mut response = Response::new(body);
        *response.status_mut() = status;
        std::future::ready(Ok::<_, Infallible>(response))
    });
    let app = EndpointLayer::new(endpoint).layer(handler);
    let changes = work(impatient(inbox.worker(through(app))), 2).await;
    assert_eq!(ends(&changes), [(1, "failed"), (2, "worked")]);
    assert_eq!(changes[0].error.as_deref(), Some("the handler answered 502"));
    let length = u64::try_from(request("evt_1").body().len()).unwrap();
    assert_eq!(*seen.lock().unwrap(), [("evt_1".to_owned(), 1, length), ("evt_1".to_owned(), 2, length)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_of_the_app_itself_is_an_attempt_that_failed() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let endpoint = acme().inbox(&inbox);
    assert_eq!(send(serve(Adapter::Tower, &State::new(), &endpoint).await, &request("evt_1")), 200);
    let app = service_fn(|_: Request<StoredBody>| {
        std::future::ready(Err::<Response<Nothing>, _>(std::io::Error::other("the upstream is gone")))
    });
    let changes = work(impatient(inbox.worker(through(app))), 3).await;
    assert_eq!(ends(&changes), [(1, "failed"), (2, "failed"), (3, "dead")]);
    assert_eq!(changes[0].error.as_deref(), Some("the upstream is gone"));
}
