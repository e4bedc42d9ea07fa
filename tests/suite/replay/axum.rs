//! axum: a replay goes through a clone of the router.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::Ordering::SeqCst;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, OriginalUri, Path, Query, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json, Router, extract};
use tower::{Layer, Service, ServiceExt};

use super::{
    Attempt, Invoice, LOOK_ALIKES, Marker, NEVER_STORED, Outcome, PROVEN, Seen, State, Stored, TARGET, Toy,
    assert_alike, send, stored,
};

impl<S> Layer<S> for Toy {
    type Service = Verify<S>;

    fn layer(&self, inner: S) -> Verify<S> {
        Verify { inner, toy: self.clone() }
    }
}

#[derive(Clone)]
pub struct Verify<S> {
    inner: S,
    toy: Toy,
}

impl<S> Service<Request> for Verify<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let toy = self.toy.clone();
        Box::pin(async move {
            if let Some(marker) = request.extensions().get::<Marker>() {
                if marker.admits(toy.endpoint) {
                    return inner.call(request).await;
                }
                return Ok(StatusCode::MISDIRECTED_REQUEST.into_response());
            }
            if request.headers().get("x-proof").is_none_or(|proof| proof != "good") {
                return Ok(StatusCode::UNAUTHORIZED.into_response());
            }
            let Some(inbox) = &toy.inbox else { return inner.call(request).await };
            let kept = keep(toy.endpoint, request).await;
            inbox.lock().unwrap().push(kept);
            Ok(StatusCode::ACCEPTED.into_response())
        })
    }
}

async fn keep(endpoint: &'static str, request: Request) -> Stored {
    let (parts, body) = request.into_parts();
    let kept = parts.headers.iter().filter(|(name, _)| !NEVER_STORED.contains(&name.as_str()));
    // Below a `nest` the request's own URI has lost its prefix.
    let original = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
    Stored {
        endpoint,
        method: parts.method.to_string(),
        uri: original.to_string(),
        headers: kept.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect(),
        body: axum::body::to_bytes(body, 1 << 20).await.unwrap(),
        peer: parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer),
        attempt: 1,
    }
}

/// Sends a stored request through the app.
async fn replay(app: &Router, stored: &Stored) -> Outcome {
    let marker = Marker::new(stored.endpoint);
    let response = app.clone().oneshot(request(stored, &marker)).await.unwrap();
    let status = response.status().as_u16();
    // A streamed body does its work while it is read, so it is read to its end.
    axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    marker.outcome(status)
}

fn request(stored: &Stored, marker: &Marker) -> Request {
    let request = Request::builder().method(&*stored.method).uri(&stored.uri);
    let mut request = request.body(Body::from(stored.body.clone())).unwrap();
    for (name, value) in &stored.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        request.headers_mut().append(name, HeaderValue::from_bytes(value).unwrap());
    }
    request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(stored.body.len()));
    request.extensions_mut().insert(marker.clone());
    request.extensions_mut().insert(Attempt(stored.attempt));
    if let Some(peer) = stored.peer {
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    request
}

async fn handler(
    extract::State(state): extract::State<State>,
    (Path(tenant), Query(query)): (Path<String>, Query<std::collections::BTreeMap<String, String>>),
    (OriginalUri(uri), route): (OriginalUri, MatchedPath),
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    attempt: Option<Extension<Attempt>>,
    headers: HeaderMap,
    Json(invoice): Json<Invoice>,
) {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    let seen = Seen {
        tenant,
        query,
        amount: invoice.amount,
        uri: uri.to_string(),
        route: route.as_str().to_owned(),
        peer: peer.map(|Extension(ConnectInfo(peer))| peer.ip()),
        headers,
    };
    state.saw(attempt.map(|Extension(attempt)| attempt), seen);
}

async fn count(extract::State(state): extract::State<State>, request: Request, next: Next) -> Response {
    state.pass();
    next.run(request).await
}

/// Middleware outside and inside of a `nest`, and a fallback that answers 200 to everything.
fn app(state: &State, toy: &Toy) -> Router {
    let counted = || middleware::from_fn_with_state(state.clone(), count);
    let hooks = Router::new().route("/{tenant}", post(handler).layer(toy.clone())).layer(counted());
    Router::new()
        .nest("/webhooks", hooks)
        .fallback(|| async { "the single-page app" })
        .layer(counted())
        .with_state(state.clone())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn serve(runtime: &tokio::runtime::Runtime, app: &Router) -> SocketAddr {
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let service = app.clone().into_make_service_with_connect_info::<SocketAddr>();
    runtime.spawn(async move { axum::serve(listener, service).await });
    address
}

#[test]
fn a_replay_is_to_the_handler_what_the_original_was() {
    let runtime = runtime();
    let (at_once, later, toy) = (State::default(), State::default(), Toy::inbox());
    assert_eq!(send(serve(&runtime, &app(&at_once, &Toy::inline())), TARGET, PROVEN), 200);
    let app = app(&later, &toy);
    assert_eq!(send(serve(&runtime, &app), TARGET, PROVEN), 202);
    assert!(later.seen().is_empty());
    // The original URI, not the one that `nest` left.
    assert_eq!(toy.kept().uri, TARGET);
    assert_eq!(runtime.block_on(replay(&app, &toy.kept())), Outcome::Answered(200));
    assert_alike(&at_once, &later);
    assert_eq!(later.passes.load(SeqCst), 4, "two middlewares, at the original and at the replay");
}

#[test]
fn without_the_marker_there_is_no_way_in() {
    let runtime = runtime();
    let state = State::default();
    let app = app(&state, &Toy::inline());
    let address = serve(&runtime, &app);
    for _ in 0..3 {
        assert_eq!(send(address, TARGET, LOOK_ALIKES), 401);
        assert_eq!(runtime.block_on(replay(&app, &stored(TARGET))), Outcome::Answered(200));
    }
    assert_eq!(state.seen().len(), 3, "the replays alone");
    // The same request as the replayer makes, with all of its extensions but the marker.
    let mut request = request(&stored(TARGET), &Marker::new("acme"));
    request.extensions_mut().remove::<Marker>().unwrap();
    assert_eq!(runtime.block_on(app.oneshot(request)).unwrap().status(), 401);
}

#[test]
fn only_the_endpoints_own_answer_counts() {
    let app = app(&State::default(), &Toy::inline());
    let replay = |stored: &Stored| runtime().block_on(replay(&app, stored));
    assert_eq!(replay(&stored("/old-hooks/a?v=1")), Outcome::NotReached(200), "a catch-all's answer");
    assert_eq!(replay(&Stored { endpoint: "other", ..stored(TARGET) }), Outcome::NotReached(421));
}
