//! The user's own handlers as the workers of an inbox: stored events go through an app again.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use actix_http::{Message, Request};
use actix_service::IntoServiceFactory;
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Payload, RequestHead, Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_LENGTH, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::http::{Method, Uri};
use actix_web::{App, Error, HttpMessage, HttpResponse, rt};
use hookporter_pipeline::inbox::WorkError;
use hookporter_pipeline::{BoxError, BoxFuture, Event, Replay, ReplayAnswer};
use tokio::sync::{mpsc, oneshot};

/// A worker's function that sends each event through an app as the request that it was, so that the handler behind its
/// endpoint works it: with path parameters, app data, extractors and middleware as at first. `app` makes the app, as it does
/// for the server; each of so many `threads` has one of its own, for actix's apps cannot leave their thread.
///
/// The endpoint has an [inbox](hookporter_pipeline::Endpoint::inbox) and stands as an
/// [`EndpointMiddleware`](crate::EndpointMiddleware) around the handler. At first it keeps the event and acknowledges; the
/// worker's request it lets through, without a proof, for none is stored.
///
/// The request has the original method, path and query, the headers that the event kept
/// ([`Endpoint::keep_headers`](hookporter_pipeline::Endpoint::keep_headers) adds to them; `url_for` wants `host`), the body, and
/// the peer's address. It has neither proof nor credential nor cookie, so middleware around the endpoint that asks for such
/// must let requests with the extension [`Attempt`](hookporter_pipeline::inbox::Attempt) pass, which no sender can make.
///
/// A 2xx of the handler that the app around it passes on as a 2xx means done. A panic and every other status is an attempt
/// that failed, to be tried again after the worker's backoff, and no sooner than a 503 asks in `Retry-After`; a handler that
/// fails with a [`NotWorked`](crate::NotWorked) can say more. Middleware around the endpoint makes no success of a failure, and
/// an answer that does not come from behind the event's endpoint, such as a default service's, is a failed attempt whatever its
/// status. Where another endpoint stands in the way the event is a dead letter at once: no attempt would pass it.
///
/// The threads work side by side as many events as the worker's concurrency lets through, each those that it was given. They
/// end when the worker, and with it this function, is gone.
///
/// ```
/// use actix_web::{App, HttpResponse, web};
/// use hookporter_actix::{EndpointMiddleware, Verified, through};
/// use hookporter_pipeline::{Endpoint, inbox::{AcceptingSide, Worker, WorkingSide}};
///
/// async fn paid(Verified(event): Verified) -> HttpResponse {
///     println!("{:?}, attempt {}", event.event_type(), event.attempt());
///     HttpResponse::Ok().finish()
/// }
///
/// fn worker(stripe: Endpoint, inbox: &(impl AcceptingSide + WorkingSide + Clone)) -> std::io::Result<Worker> {
///     let stripe = stripe.inbox(inbox);
///     // The same for the server.
///     let app = move || {
///         let hook = web::resource("/webhooks/stripe").wrap(EndpointMiddleware::new(stripe.clone()));
///         App::new().service(hook.route(web::post().to(paid)))
///     };
///     Ok(Worker::new(inbox.clone(), through(2, app)?))
/// }
/// ```
///
/// # Errors
/// An [`io::Error`] if a thread cannot be started.
pub fn through<F, T, B>(
    threads: usize,
    app: F,
) -> io::Result<impl Fn(Event) -> BoxFuture<'static, Result<(), WorkError>> + Send + Sync + 'static>
where
    F: Fn() -> App<T> + Send + Clone + 'static,
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>
        + 'static,
    B: MessageBody + 'static,
{
    let mut all = Vec::new();
    for number in 1..=threads.max(1) {
        let (jobs, queue) = mpsc::channel(1);
        let app = app.clone();
        let thread = std::thread::Builder::new().name(format!("hookporter-app-{number}"));
        thread.spawn(move || rt::System::new().block_on(serve(app, queue)))?;
        all.push(Thread { jobs, busy: Arc::new(()) });
    }
    Ok(move |event| Box::pin(work(least_busy(&all), event)) as BoxFuture<'static, _>)
}

/// The way to a thread, which ends when nobody has it any more.
#[derive(Clone)]
struct Thread {
    jobs: mpsc::Sender<Job>,
    /// Each attempt that the thread was given holds it, and is counted so.
    busy: Arc<()>,
}

/// An event to be worked, and who waits for the result. When nobody does any more, the work is dropped.
struct Job {
    event: Event,
    result: oneshot::Sender<Result<(), WorkError>>,
}

/// A thread whose handler blocks it is given nothing more while others are free.
fn least_busy(all: &[Thread]) -> Option<Thread> {
    all.iter().filter(|thread| !thread.jobs.is_closed()).min_by_key(|thread| Arc::strong_count(&thread.busy)).cloned()
}

async fn work(thread: Option<Thread>, event: Event) -> Result<(), WorkError> {
    let gone = || WorkError::retry("the thread of the app is gone");
    let Thread { jobs, busy: _busy } = thread.ok_or_else(gone)?;
    let (result, worked) = oneshot::channel();
    jobs.send(Job { event, result }).await.map_err(|_| gone())?;
    worked.await.unwrap_or_else(|_| Err(gone()))
}

/// What a thread does, until nobody can give it anything any more.
async fn serve<F, T, B>(factory: F, mut queue: mpsc::Receiver<Job>)
where
    F: Fn() -> App<T> + 'static,
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>
        + 'static,
    B: MessageBody + 'static,
{
    let make = async || match caught(async { factory().into_factory().new_service(AppConfig::default()).await }).await {
        Ok(Ok(app)) => Ok(Rc::new(app)),
        Ok(Err(())) => Err(WorkError::retry("the app cannot be made")),
        Err(panic) => Err(Replay::panicked(&*panic)),
    };
    let mut made = None;
    while let Some(Job { event, mut result }) = queue.recv().await {
        let app = match made.clone() {
            Some(app) => app,
            // One that could not be made for an event may be for the next.
            None => match make().await {
                Ok(app) => made.insert(app).clone(),
                Err(error) => {
                    let _ = result.send(Err(error));
                    continue;
                }
            },
        };
        rt::spawn(async move {
            let worked = {
                let mut work = pin!(caught(attempt(app, event)));
                poll_fn(|cx| match result.poll_closed(cx) {
                    Poll::Ready(()) => Poll::Ready(None),
                    Poll::Pending => work.as_mut().poll(cx).map(Some),
                })
                .await
            };
            if let Some(worked) = worked {
                let _ = result.send(worked.unwrap_or_else(|panic| Err(Replay::panicked(&*panic))));
            }
        });
    }
}

/// Runs the user's code; a panic in it is its end, and not the thread's.
async fn caught<O>(work: impl Future<Output = O>) -> Result<O, Box<dyn Any + Send>> {
    let mut work = pin!(work);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

async fn attempt<S, B>(app: Rc<S>, event: Event) -> Result<(), WorkError>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let replay = Replay::of(event)?;
    // Nothing that waits will make a request of it.
    let request = request(&replay).map_err(WorkError::dead_letter)?;
    poll_fn(|cx| app.poll_ready(cx)).await.map_err(|error| WorkError::retry(error.to_string()))?;
    match app.call(request).await {
        Ok(response) => {
            let (response, body) = response.into_parts().1.into_parts();
            read(body).await?;
            replay.conclude(seen(&response))
        }
        Err(error) => seen_of(&error, |answer| replay.conclude(answer)),
    }
}

/// Reads a body to its end: a streamed one does its work meanwhile.
async fn read(body: impl MessageBody) -> Result<(), WorkError> {
    let mut body = pin!(body);
    while let Some(chunk) = poll_fn(|cx| body.as_mut().poll_next(cx)).await {
        if let Err(error) = chunk {
            return Err(WorkError::retry(error.into().to_string()));
        }
    }
    Ok(())
}

/// What a replay is to know of an answer.
pub(crate) fn seen<B>(response: &HttpResponse<B>) -> ReplayAnswer<'_> {
    ReplayAnswer {
        status: response.status().as_u16(),
        retry_after: response.headers().get(RETRY_AFTER).map(HeaderValue::as_bytes),
        detail: response.error().map(ToString::to_string),
        said: response.extensions().get::<WorkError>().cloned(),
    }
}

/// What a replay is to know of an error, of which a server makes an answer in the same way.
pub(crate) fn seen_of<T>(error: &Error, tell: impl FnOnce(ReplayAnswer<'_>) -> T) -> T {
    tell(ReplayAnswer { detail: Some(error.to_string()), ..seen(&error.error_response()) })
}

fn request(replay: &Replay) -> Result<Request, BoxError> {
    let event = replay.event();
    let mut head = Message::<RequestHead>::new();
    // Heads come from a pool that clears headers and flags only: what is not set here, another request's would shine through.
    head.method = Method::from_bytes(event.method().as_bytes())?;
    head.uri = event.target().parse::<Uri>()?;
    head.peer_addr = replay.peer();
    replay.visit_headers(&mut |name, value| {
        // Each was one when it came.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value)) {
            head.headers.append(name, value);
        }
    });
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(event.body().len()));
    let (request, _) = Request::from(head).replace_payload(Payload::from(event.body().clone()));
    request.extensions_mut().insert(replay.attempt());
    request.extensions_mut().insert(replay.clone());
    Ok(request)
}
