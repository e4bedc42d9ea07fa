//! The middleware: wraps a resource so that it is called for proven requests only.

use std::fmt;
use std::future::{Future, Ready, poll_fn, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::{Error, HttpMessage, HttpRequest};
use hookporter_pipeline::{Answer, Endpoint, Event, Handled, Replay, Ticket, Verdict};

use crate::body::Reader;
use crate::custody::Custody;
use crate::judge::judge;
use crate::spawn::LocalSpawn;
use crate::{extract, response, through};

/// Wraps a resource so that it is called for proven requests only. See the [crate docs](crate).
///
/// What the endpoint's own routes or hand-off take does not reach the wrapped resource. What its inbox takes does later, if its
/// worker sends events [`through`](crate::through) an app.
#[derive(Debug, Clone)]
pub struct EndpointMiddleware {
    endpoint: Arc<Endpoint>,
}

impl EndpointMiddleware {
    /// A middleware for `endpoint`.
    ///
    /// Build the endpoint outside of the app's factory and clone it inside: clones share what was seen, so that every
    /// worker knows a duplicate.
    ///
    /// If the endpoint's [inbox](Endpoint::inbox) has another one of its name, or is less [durable](Endpoint::durability) than it
    /// must be, an error is logged, and deliveries are answered 503. Endpoints that are built inside of the factory are such
    /// others, but for the first.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        // It was logged, and every delivery says it again.
        let _ = endpoint.check_inbox();
        Self { endpoint: Arc::new(endpoint) }
    }
}

impl<S, B> Transform<S, ServiceRequest> for EndpointMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = Wrapped<S>;
    type InitError = ();
    type Future = Ready<Result<Wrapped<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        #[cfg(feature = "serve")]
        crate::mounted::add(&self.endpoint);
        ready(Ok(Wrapped { endpoint: self.endpoint.clone(), inner: Rc::new(inner) }))
    }
}

/// A wrapped service. Made by [`EndpointMiddleware`].
pub struct Wrapped<S> {
    endpoint: Arc<Endpoint>,
    inner: Rc<S>,
}

impl<S> fmt::Debug for Wrapped<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wrapped").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

type ResponseFuture<B> = Pin<Box<dyn Future<Output = Result<ServiceResponse<EitherBody<B>>, Error>>>>;

impl<S, B> Service<ServiceRequest> for Wrapped<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = ResponseFuture<B>;

    /// Always ready: a request whose papers are wrong needs no place in the wrapped service. Its readiness is awaited
    /// within the budget.
    fn poll_ready(&self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (endpoint, inner) = (self.endpoint.clone(), self.inner.clone());
        Box::pin(async move {
            let (request, payload) = request.into_parts();
            let mut body = Reader::new(payload);
            match judge(&endpoint, &request, &mut body).await {
                Verdict::Reply(reply) => Ok(response::of(request, reply, body.unread()).map_into_right_body()),
                Verdict::Handle(ticket) => handle(ticket, request, inner).await,
                Verdict::PassOn(read) => {
                    let request = ServiceRequest::from_parts(request, body.passed_on(read));
                    poll_fn(|cx| inner.poll_ready(cx)).await?;
                    inner.call(request).await.map(ServiceResponse::map_into_left_body)
                }
                Verdict::Replay(replay) => again(&replay, request, inner).await,
            }
        })
    }
}

/// Runs the wrapped service for a proven event.
async fn handle<S, B>(
    ticket: Box<Ticket>,
    request: HttpRequest,
    inner: Rc<S>,
) -> Result<ServiceResponse<EitherBody<B>>, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    let custody = Custody::new(proven(ticket.event().clone(), request));
    match ticket.run(call(inner, custody.clone()), LocalSpawn).await {
        Handled::Reply(reply) => match custody.for_reply() {
            Some((request, unwritten)) => Ok(response::of(request, reply, unwritten).map_into_right_body()),
            None => Err(response::error(reply)),
        },
        Handled::Response { response, status } => response::inner(response, status),
    }
}

/// Runs the wrapped service for an event out of a store, and notes its own answer.
async fn again<S, B>(
    replay: &Replay,
    request: HttpRequest,
    inner: Rc<S>,
) -> Result<ServiceResponse<EitherBody<B>>, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    // A handler may put what it finds here into requests of its own. Every handle to the request loses it.
    request.extensions_mut().remove::<Replay>();
    let request = proven(replay.begin(), request);
    let called = async {
        poll_fn(|cx| inner.poll_ready(cx)).await?;
        inner.call(request).await
    };
    let response = called.await;
    match &response {
        Ok(response) => replay.answered(through::seen(response.response())),
        Err(error) => through::seen_of(error, |answer| replay.answered(answer)),
    }
    response.map(ServiceResponse::map_into_left_body)
}

/// The request that the wrapped service gets for a proven event.
fn proven(event: Event, request: HttpRequest) -> ServiceRequest {
    let body = Payload::from(event.body().clone());
    request.extensions_mut().insert(event);
    ServiceRequest::from_parts(request, body)
}

/// Calls the wrapped service once it is ready. An error of it counts with the status that actix would answer it with.
async fn call<S, B>(inner: Rc<S>, custody: Custody) -> Answer<Result<ServiceResponse<B>, Error>>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    let called = async {
        poll_fn(|cx| inner.poll_ready(cx)).await?;
        let request = custody.take().await.ok_or(extract::NotVerified)?;
        inner.call(request).await
    };
    let response = called.await;
    let (status, error) = match &response {
        Ok(response) => {
            custody.give_back(response.request().clone());
            (response.status(), response.response().error())
        }
        Err(error) => (error.as_response_error().status_code(), Some(error)),
    };
    if let Some(error) = error.filter(|error| status.is_server_error() && !extract::has_logged(error)) {
        // A 503 will stand in its place, so no other middleware gets to see it.
        tracing::error!(target: "hookporter", %error, "the wrapped handler failed");
    }
    Answer { status: status.as_u16(), response }
}
