//! The layer: wraps a service so that it is called for proven requests only.

use std::convert::Infallible;
use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use hookporter_pipeline::{Answer, Endpoint, Event, Handled, Replay, Ticket, TokioSpawn, Verdict};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::{RequestBody, ResponseBody};
use crate::judge::judge;
use crate::{response, through};

/// Wraps a service so that it is called for proven requests only. See the [crate docs](crate).
///
/// What the endpoint's own routes or hand-off take does not reach the wrapped service. What its inbox takes does later, if its
/// worker sends events [`through`](crate::through) the app.
#[derive(Debug, Clone)]
pub struct EndpointLayer {
    endpoint: Arc<Endpoint>,
}

impl EndpointLayer {
    /// A layer for `endpoint`.
    ///
    /// If the endpoint's [inbox](Endpoint::inbox) has another one of its name, or is less [durable](Endpoint::durability) than it
    /// must be, an error is logged, and deliveries are answered 503.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        // It was logged, and every delivery says it again.
        let _ = endpoint.check_inbox();
        Self { endpoint: Arc::new(endpoint) }
    }
}

impl<S> Layer<S> for EndpointLayer {
    type Service = EndpointMiddleware<S>;

    fn layer(&self, inner: S) -> Self::Service {
        EndpointMiddleware { endpoint: self.endpoint.clone(), inner }
    }
}

/// A wrapped service. Made by [`EndpointLayer`].
#[derive(Debug, Clone)]
pub struct EndpointMiddleware<S> {
    endpoint: Arc<Endpoint>,
    inner: S,
}

type ResponseFuture<B> = Pin<Box<dyn Future<Output = Result<Response<ResponseBody<B>>, Infallible>> + Send>>;

impl<S, B, R> Service<Request<B>> for EndpointMiddleware<S>
where
    S: Service<Request<RequestBody<B>>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + Send + 'static,
    B::Data: Send,
    R: Send + 'static,
{
    type Response = Response<ResponseBody<R>>;
    type Error = Infallible;
    type Future = ResponseFuture<R>;

    /// Always ready: a request whose papers are wrong needs no place in the wrapped service. Its readiness is awaited
    /// within the budget, on the very clone that is then called.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let endpoint = self.endpoint.clone();
        // Outside of the future, which would else hold the request and its parts.
        let (parts, body) = request.into_parts();
        if endpoint.is_report_only() {
            return Box::pin(watched(endpoint, parts, body, self.inner.clone()));
        }
        // Where every event is the endpoint's own, nothing but a replay reaches the wrapped service.
        let is_wanted = !endpoint.takes_every_event() || parts.extensions.get::<Replay>().is_some();
        let inner = is_wanted.then(|| self.inner.clone());
        Box::pin(async move {
            let verdict = judge(&endpoint, &parts, pin!(body)).await;
            Ok(match (verdict, inner) {
                (Verdict::Handle(ticket), Some(inner)) => handled(handle(ticket, parts, inner).await),
                // On the heap, as few requests end so: what lives while this waits would be a part of every request's future.
                (Verdict::Replay(replay), Some(inner)) => Box::pin(again(&replay, parts, inner)).await,
                (verdict, _) => response::alone(verdict),
            })
        })
    }
}

/// Report-only: the wrapped service gets every request, as if the endpoint were not there.
async fn watched<S, B, R>(
    endpoint: Arc<Endpoint>,
    parts: Parts,
    body: B,
    inner: S,
) -> Result<Response<ResponseBody<R>>, Infallible>
where
    S: Service<Request<RequestBody<B>>, Response = Response<R>> + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + Send + 'static,
    B::Data: Send,
    R: Send + 'static,
{
    // It goes on after it was read from, and must not be moved then.
    let mut body = Box::pin(body);
    Ok(match judge(&endpoint, &parts, body.as_mut()).await {
        Verdict::PassOn(read) => answer(inner, Request::from_parts(parts, RequestBody::passed_on(read, body))).await,
        Verdict::Handle(ticket) => handled(handle(ticket, parts, inner).await),
        Verdict::Replay(replay) => again(&replay, parts, inner).await,
        verdict @ Verdict::Reply(_) => response::alone(verdict),
    })
}

/// Runs the wrapped service for a proven event.
fn handle<S, B, R>(
    ticket: Box<Ticket>,
    parts: Parts,
    inner: S,
) -> impl Future<Output = Handled<Result<Response<R>, String>>> + Send
where
    S: Service<Request<RequestBody<B>>, Response = Response<R>> + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + Send + 'static,
    R: Send + 'static,
{
    let work = call(inner, proven(ticket.event().clone(), parts));
    ticket.run(work, TokioSpawn::new())
}

/// The response to a proven event.
fn handled<R>(handled: Handled<Result<Response<R>, String>>) -> Response<ResponseBody<R>> {
    match handled {
        Handled::Reply(reply) => response::of(reply),
        Handled::Response { response, status } => {
            response.map_or_else(response::unavailable, |response| response::inner(response, status))
        }
    }
}

/// Runs the wrapped service for an event out of a store, and notes its own answer.
async fn again<S, B, R>(replay: &Replay, mut parts: Parts, inner: S) -> Response<ResponseBody<R>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<R>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body,
{
    // A handler may copy what it finds here into requests of its own.
    parts.extensions.remove::<Replay>();
    let response = answer(inner, proven(replay.begin(), parts)).await;
    replay.answered(through::seen(response.status(), response.headers(), response.extensions()));
    response
}

/// The request that the wrapped service gets for a proven event.
fn proven<B>(event: Event, mut parts: Parts) -> Request<RequestBody<B>> {
    let body = RequestBody::whole(event.body().clone());
    parts.extensions.insert(event);
    Request::from_parts(parts, body)
}

/// The wrapped service's own answer, as it is.
async fn answer<S, Q, R>(inner: S, request: Request<Q>) -> Response<ResponseBody<R>>
where
    S: Service<Request<Q>, Response = Response<R>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let Answer { response, status } = call(inner, request).await;
    response.map_or_else(response::unavailable, |response| response::inner(response, status))
}

/// Calls the wrapped service once it is ready. An error of it has no response, and counts as a failure.
async fn call<S, Q, R>(mut inner: S, request: Request<Q>) -> Answer<Result<Response<R>, String>>
where
    S: Service<Request<Q>, Response = Response<R>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let called = async {
        poll_fn(|cx| inner.poll_ready(cx)).await?;
        inner.call(request).await
    };
    match called.await {
        Ok(response) => Answer { status: response.status().as_u16(), response: Ok(response) },
        Err(error) => {
            let error: Box<dyn Error + Send + Sync> = error.into();
            tracing::error!(target: "hookporter", %error, "the wrapped service failed");
            Answer {
                status: StatusCode::SERVICE_UNAVAILABLE.as_u16(),
                response: Err(format!("the wrapped service failed: {error}")),
            }
        }
    }
}
