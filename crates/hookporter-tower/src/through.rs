//! The user's own handlers as the workers of an inbox: stored events go through the whole app again.

use std::error::Error;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};

use hookporter_pipeline::inbox::WorkError;
use hookporter_pipeline::{BoxFuture, Event, Replay, ReplayAnswer};
use http::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use http::{Extensions, Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use crate::body::{RequestBody, Unwrapped};

/// The body of a stored request.
pub type StoredBody = RequestBody<Unwrapped>;

/// A worker's function that sends each event through `app` as the request that it was, so that the handler behind its
/// endpoint works it: with path parameters, state, extractors and middleware as at first. For an axum `Router`, or any tower
/// service that takes every body; give it the one that you serve, with all of its layers.
///
/// The endpoint has an [inbox](hookporter_pipeline::Endpoint::inbox) and stands as an [`EndpointLayer`](crate::EndpointLayer)
/// in front of the handler. At first it keeps the event and acknowledges; the worker's request it lets through, without a
/// proof, for none is stored.
///
/// The request has the original method, path and query, the headers that the event kept
/// ([`Endpoint::keep_headers`](hookporter_pipeline::Endpoint::keep_headers) adds to them), the body, and the peer's address as
/// axum's `ConnectInfo`. It has neither proof nor credential nor cookie, so middleware around the endpoint that asks for such
/// must let requests with the extension [`Attempt`](hookporter_pipeline::inbox::Attempt) pass, which no sender can make.
///
/// A 2xx of the handler that the app around it passes on as a 2xx means done. A panic and every other status is an attempt
/// that failed, to be tried again after the worker's backoff, and no sooner than a 503 asks in `Retry-After`; a handler that
/// answers with a `NotWorked` can say more. Middleware around the endpoint makes no success of a failure, and an answer that
/// does not come from behind the event's endpoint, such as a fallback's, is a failed attempt whatever its status. Where another
/// endpoint stands in the way the event is a dead letter at once: no attempt would pass it.
///
/// ```
/// # #[cfg(feature = "axum")] {
/// use axum::{Router, http::StatusCode, routing::post};
/// use hookporter_pipeline::{Endpoint, inbox::{AcceptingSide, Worker, WorkingSide}};
/// use hookporter_tower::{EndpointLayer, Verified, through};
///
/// async fn paid(Verified(event): Verified) -> StatusCode {
///     println!("{:?}, attempt {}", event.event_type(), event.attempt());
///     StatusCode::OK
/// }
///
/// fn app(stripe: Endpoint, inbox: &(impl AcceptingSide + WorkingSide + Clone)) -> (Router, Worker) {
///     let hook = post(paid).layer(EndpointLayer::new(stripe.inbox(inbox)));
///     let app = Router::new().route("/webhooks/stripe", hook);
///     (app.clone(), Worker::new(inbox.clone(), through(app)))
/// }
/// # }
/// ```
pub fn through<S, R>(app: S) -> impl Fn(Event) -> BoxFuture<'static, Result<(), WorkError>> + Send + Sync + 'static
where
    S: Service<Request<StoredBody>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    R: Body + Send + 'static,
    R::Data: Send,
    R::Error: Into<Box<dyn Error + Send + Sync>>,
{
    // Some services are not `Sync`; a worker's function is.
    let app = Mutex::new(app);
    move |event| {
        let app = app.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(attempt(app, event))
    }
}

async fn attempt<S, R>(mut app: S, event: Event) -> Result<(), WorkError>
where
    S: Service<Request<StoredBody>, Response = Response<R>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    R: Body,
    R::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let replay = Replay::of(event)?;
    // Nothing that waits will make a request of it.
    let request = request(&replay).map_err(WorkError::dead_letter)?;
    poll_fn(|cx| app.poll_ready(cx)).await.map_err(|error| WorkError::retry(error.into()))?;
    let response = app.call(request).await.map_err(|error| WorkError::retry(error.into()))?;
    let (parts, body) = response.into_parts();
    let mut body = pin!(body);
    while let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        frame.map_err(|error| WorkError::retry(error.into()))?;
    }
    replay.conclude(seen(parts.status, &parts.headers, &parts.extensions))
}

/// What a replay is to know of an answer.
pub(crate) fn seen<'a>(status: StatusCode, headers: &'a HeaderMap, extensions: &Extensions) -> ReplayAnswer<'a> {
    ReplayAnswer {
        status: status.as_u16(),
        retry_after: headers.get(RETRY_AFTER).map(HeaderValue::as_bytes),
        detail: None,
        said: extensions.get::<WorkError>().cloned(),
    }
}

fn request(replay: &Replay) -> Result<Request<StoredBody>, http::Error> {
    let event = replay.event();
    let body = event.body().clone();
    let mut request = Request::builder().method(event.method()).uri(event.target());
    let length = body.len();
    replay.visit_headers(&mut |name, value| {
        // Each was one when it came.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value))
            && let Some(headers) = request.headers_mut()
        {
            headers.append(name, value);
        }
    });
    let mut request = request.header(CONTENT_LENGTH, length).body(RequestBody::whole(body))?;
    let extensions = request.extensions_mut();
    #[cfg(feature = "axum")]
    if let Some(peer) = replay.peer() {
        extensions.insert(axum::extract::ConnectInfo(peer));
    }
    extensions.insert(replay.attempt());
    extensions.insert(replay.clone());
    Ok(request)
}
