//! actix-web: its apps cannot leave their thread, so each replay thread has an app of its own, made by the factory that
//! the server has too; plain data goes in, outcomes come back.

use std::collections::BTreeMap;
use std::future::{Ready, poll_fn, ready};
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use actix_http::{Message, Request};
use actix_service::IntoServiceFactory;
use actix_web::body::{EitherBody, MessageBody, to_bytes};
use actix_web::dev::{
    AppConfig, Payload, RequestHead, Service, ServiceFactory, ServiceRequest, ServiceResponse, Transform, forward_ready,
};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpMessage, HttpRequest, HttpResponse, HttpServer, rt, web};
use tokio::sync::{Mutex, mpsc, oneshot};

use super::{
    Attempt, Invoice, LOOK_ALIKES, Marker, NEVER_STORED, Outcome, PROVEN, Seen, State, Stored, TARGET, Toy,
    assert_alike, send, stored,
};

impl<S, B> Transform<S, ServiceRequest> for Toy
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = Verify<S>;
    type InitError = ();
    type Future = Ready<Result<Verify<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(Verify { inner: Rc::new(inner), toy: self.clone() }))
    }
}

pub struct Verify<S> {
    inner: Rc<S>,
    toy: Toy,
}

impl<S, B> Service<ServiceRequest> for Verify<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(inner);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let (inner, toy) = (self.inner.clone(), self.toy.clone());
        Box::pin(async move {
            // Cloned out: whoever holds the extensions while the app runs makes its `extensions_mut` panic.
            let marker = request.extensions().get::<Marker>().cloned();
            let proven = request.headers().get("x-proof").is_some_and(|proof| proof == "good");
            let status = match (marker, &toy.inbox) {
                (Some(marker), _) if marker.admits(toy.endpoint) => None,
                (Some(_), _) => Some(StatusCode::MISDIRECTED_REQUEST),
                (None, _) if !proven => Some(StatusCode::UNAUTHORIZED),
                (None, None) => None,
                (None, Some(inbox)) => {
                    let kept = keep(toy.endpoint, &mut request).await?;
                    inbox.lock().unwrap().push(kept);
                    Some(StatusCode::ACCEPTED)
                }
            };
            let Some(status) = status else { return Ok(inner.call(request).await?.map_into_left_body()) };
            Ok(request.into_response(HttpResponse::new(status)).map_into_right_body())
        })
    }
}

async fn keep(endpoint: &'static str, request: &mut ServiceRequest) -> Result<Stored, Error> {
    let body = request.extract::<web::Bytes>().await?;
    let kept = request.headers().iter().filter(|(name, _)| !NEVER_STORED.contains(&name.as_str()));
    Ok(Stored {
        endpoint,
        method: request.method().to_string(),
        uri: request.uri().to_string(),
        headers: kept.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect(),
        body,
        peer: request.peer_addr(),
        attempt: 1,
    })
}

type Job = (Stored, oneshot::Sender<Outcome>);

/// The way to the replay threads, for whatever runtime. They end when it is dropped.
struct Replayer(mpsc::Sender<Job>);

impl Replayer {
    fn start<F, T, B>(threads: usize, factory: F) -> Self
    where
        F: Fn() -> App<T> + Send + Clone + 'static,
        T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>
            + 'static,
        B: MessageBody + 'static,
    {
        let (jobs, queue) = mpsc::channel::<Job>(1);
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..threads {
            let (factory, queue) = (factory.clone(), queue.clone());
            let serve = async move || {
                let app = factory().into_factory().new_service(AppConfig::default()).await.unwrap();
                loop {
                    let Some((stored, reply)) = queue.lock().await.recv().await else { return };
                    let _ = reply.send(attempt(&app, &stored).await);
                }
            };
            std::thread::spawn(move || rt::System::new().block_on(serve()));
        }
        Self(jobs)
    }

    async fn replay(&self, stored: Stored) -> Outcome {
        let (reply, answer) = oneshot::channel();
        self.0.send((stored, reply)).await.unwrap();
        answer.await.unwrap()
    }
}

async fn attempt<A, B>(app: &A, stored: &Stored) -> Outcome
where
    A: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let marker = Marker::new(stored.endpoint);
    poll_fn(|cx| app.poll_ready(cx)).await.unwrap();
    let answer = app.call(request(stored, &marker)).await;
    // Of an error a server makes an answer in the same way.
    let status = answer.as_ref().map_or_else(|error| error.as_response_error().status_code(), ServiceResponse::status);
    // A streamed body does its work while it is read, so it is read to its end.
    assert!(answer.is_err() || to_bytes(answer.unwrap().into_body()).await.is_ok());
    marker.outcome(status.as_u16())
}

fn request(stored: &Stored, marker: &Marker) -> Request {
    let mut head = Message::<RequestHead>::new();
    // Heads come from a pool that clears headers and flags only: another request's peer would shine through.
    *head = RequestHead::default();
    head.method = Method::from_bytes(stored.method.as_bytes()).unwrap();
    head.uri = stored.uri.parse::<Uri>().unwrap();
    head.peer_addr = stored.peer;
    for (name, value) in &stored.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        head.headers.append(name, HeaderValue::from_bytes(value).unwrap());
    }
    head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(stored.body.len()));
    let (request, _) = Request::from(head).replace_payload(Payload::from(stored.body.clone()));
    request.extensions_mut().insert(marker.clone());
    request.extensions_mut().insert(Attempt(stored.attempt));
    request
}

async fn handler(
    request: HttpRequest,
    state: web::Data<State>,
    tenant: web::Path<String>,
    query: web::Query<BTreeMap<String, String>>,
    invoice: web::Json<Invoice>,
) -> HttpResponse {
    let headers = request.headers().iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    let seen = Seen {
        tenant: tenant.into_inner(),
        query: query.into_inner(),
        amount: invoice.amount,
        uri: request.uri().to_string(),
        route: request.match_pattern().unwrap(),
        peer: request.peer_addr().map(|peer| peer.ip()),
        headers,
    };
    state.saw(request.extensions().get::<Attempt>().copied(), seen);
    HttpResponse::Ok().finish()
}

async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody + 'static>, Error> {
    request.app_data::<web::Data<State>>().unwrap().pass();
    next.call(request).await
}

/// Takes its time, so that others get some work.
async fn slow() -> HttpResponse {
    rt::time::sleep(std::time::Duration::from_millis(20)).await;
    HttpResponse::Created().finish()
}

/// Middleware outside and inside of a scope, and a default service that answers 200 to everything.
fn app(
    state: State,
    toy: Toy,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + 'static>,
        Error = Error,
        InitError = (),
    >,
> {
    let hook = web::resource("/{tenant}").wrap(toy.clone()).route(web::post().to(handler));
    App::new()
        .app_data(web::Data::new(state))
        .service(web::scope("/webhooks").wrap(from_fn(count)).service(hook))
        .service(web::resource("/slow").wrap(toy).to(slow))
        .default_service(web::to(|| async { "the single-page app" }))
        .wrap(from_fn(count))
}

/// Serves the app on a thread of its own until the process ends.
fn serve(state: &State, toy: &Toy) -> SocketAddr {
    let (state, toy, (report, bound)) = (state.clone(), toy.clone(), std::sync::mpsc::channel());
    std::thread::spawn(move || {
        rt::System::new().block_on(async move {
            let server = HttpServer::new(move || app(state.clone(), toy.clone())).workers(1).disable_signals();
            let server = server.bind("127.0.0.1:0").unwrap();
            report.send(server.addrs()[0]).unwrap();
            server.run().await.unwrap();
        });
    });
    bound.recv().unwrap()
}

fn replayer(threads: usize, state: &State, toy: &Toy) -> Replayer {
    let (state, toy) = (state.clone(), toy.clone());
    Replayer::start(threads, move || app(state.clone(), toy.clone()))
}

#[tokio::test]
async fn a_replay_is_to_the_handler_what_the_original_was() {
    let (at_once, later, toy) = (State::default(), State::default(), Toy::inbox());
    assert_eq!(send(serve(&at_once, &Toy::inline()), TARGET, PROVEN), 200);
    assert_eq!(send(serve(&later, &toy), TARGET, PROVEN), 202);
    assert!(later.seen().is_empty());
    let replayer = replayer(1, &later, &toy);
    assert_eq!(replayer.replay(toy.kept()).await, Outcome::Answered(200));
    assert_alike(&at_once, &later);
    assert_eq!(later.passes.load(SeqCst), 4, "two middlewares, at the original and at the replay");
}

#[tokio::test]
async fn without_the_marker_there_is_no_way_in() {
    let (state, toy) = (State::default(), Toy::inline());
    let (address, replayer) = (serve(&state, &toy), replayer(1, &state, &toy));
    for _ in 0..3 {
        assert_eq!(send(address, TARGET, LOOK_ALIKES), 401);
        assert_eq!(replayer.replay(stored(TARGET)).await, Outcome::Answered(200));
    }
    assert_eq!(state.seen().len(), 3, "the replays alone");
}

#[actix_web::test]
async fn public_extensions_are_no_marker() {
    let app = actix_web::test::init_service(app(State::default(), Toy::inline())).await;
    // The same request as the replayer makes, with all of its extensions but the marker.
    let request = request(&stored(TARGET), &Marker::new("acme"));
    request.extensions_mut().remove::<Marker>().unwrap();
    assert_eq!(app.call(request).await.unwrap().status(), 401);
}

#[tokio::test]
async fn only_the_endpoints_own_answer_counts() {
    let replayer = replayer(1, &State::default(), &Toy::inline());
    assert_eq!(replayer.replay(stored("/old-hooks/a")).await, Outcome::NotReached(200), "a catch-all's answer");
    assert_eq!(replayer.replay(Stored { endpoint: "other", ..stored(TARGET) }).await, Outcome::NotReached(421));
}

#[tokio::test]
async fn every_thread_has_an_app_and_results_come_back_to_their_callers() {
    let state = State::default();
    let replayer = Arc::new(replayer(2, &state, &Toy::inline()));
    let attempts: Vec<_> = (0..20)
        .map(|at| {
            let (replayer, uri) = (replayer.clone(), ["/slow", TARGET, "/gone"][at % 3]);
            tokio::spawn(async move { (at, replayer.replay(stored(uri)).await) })
        })
        .collect();
    for attempt in attempts {
        let (at, outcome) = attempt.await.unwrap();
        let expected = [Outcome::Answered(201), Outcome::Answered(200), Outcome::NotReached(200)];
        assert_eq!(outcome, expected[at % 3]);
    }
    let threads = state.threads.lock().unwrap().clone();
    assert!(threads.len() == 2 && !threads.contains(&std::thread::current().id()), "{threads:?}");
}
