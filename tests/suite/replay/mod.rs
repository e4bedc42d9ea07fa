//! The user's own handlers as the workers of an inbox: what was acknowledged goes through the whole app again, on both
//! adapters, over real sockets and a real file.

mod actix;
mod alike;
mod around;
mod axum;
pub mod directory;
mod doors;
mod ends;
mod killed;
mod names;
mod plain;
mod said;
mod state;
mod threads;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter::inbox::{Backoff, Change, ChangeKind, WorkError, Worker};
use hookporter::{BoxFuture, Endpoint, Event, Header, Inbox, Json, Scheme, Secret};
use hookporter_testkit::{RequestMaker, SignedRequest};
use tokio::sync::Notify;

use self::directory::Directory;
use self::said::Said;
use self::state::State;
use crate::attacks::raw;
use crate::server::Adapter;
use crate::wire::Wire;

const SECRET: &str = "a long and random secret of Acme's";
/// A path that says what it is only once it is decoded, and a query.
const TARGET: &str = "/webhooks/t%2F1?v=2&w=%C3%BC";

/// A worker's function.
type Function = Box<dyn Fn(Event) -> BoxFuture<'static, Result<(), WorkError>> + Send + Sync>;

fn scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(Header::new("x-acme-signature").prefix("sha256=").hex())
        .timestamp(Header::new("x-acme-time").unix_seconds())
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/type"))
        .api_version(Json::pointer("/version"))
}

fn acme() -> Endpoint {
    let endpoint = Endpoint::custom("acme", scheme(), Secret::new(SECRET)).unwrap();
    // How soon a disk commits is not what is tested here.
    endpoint.keep_headers(&["x-kept", "host"]).unwrap().budget(Duration::from_secs(60))
}

/// Another endpoint of the same sender.
fn other() -> Endpoint {
    Endpoint::custom("other", scheme(), Secret::new(SECRET)).unwrap()
}

/// A request of Acme's about this event, with what no store keeps.
fn request(id: &str) -> SignedRequest {
    let maker: RequestMaker = hookporter_testkit::custom(scheme(), SECRET).target(TARGET);
    let body = serde_json::json!({"id": id, "type": "invoice.paid", "version": "1", "amount": 5});
    let request = maker.json(&body).build();
    let more = [("authorization", "Basic c2VjcmV0"), ("cookie", "session=1"), ("x-kept", "1"), ("x-unkept", "1")];
    more.iter().fold(request, |request, (name, value)| request.with_header(name, value))
}

/// The status of the answer to a request over TCP.
fn send(address: SocketAddr, request: &SignedRequest) -> u16 {
    let mut wire = Wire::connect(address);
    wire.write(&raw(request));
    wire.answer().unwrap().status
}

/// What the worker's app is.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// What the server serves.
    Same,
    /// The route of the endpoint is gone, and a fallback answers 200 to everything.
    Gone,
    /// The endpoint stands where it was, with no handler behind it.
    Alone,
    /// Middleware around the endpoint answers this status for whatever comes out of it.
    Around(u16),
    /// Another endpoint is around the event's own.
    Behind,
}

/// Serves an app that has the endpoint in it.
async fn serve(adapter: Adapter, state: &State, endpoint: &Endpoint) -> SocketAddr {
    match adapter {
        Adapter::Tower => axum::serve(state, endpoint).await,
        Adapter::Actix => actix::serve(state, endpoint),
    }
}

/// Sends events through an app.
fn through(adapter: Adapter, shape: Shape, state: &State, endpoint: &Endpoint) -> Function {
    match adapter {
        Adapter::Tower => axum::through(shape, state, endpoint),
        Adapter::Actix => actix::through(1, shape, state, endpoint),
    }
}

/// A server whose endpoint keeps its events, and the inbox that it keeps them in.
struct Scene {
    adapter: Adapter,
    directory: Directory,
    inbox: Inbox,
    state: State,
    endpoint: Endpoint,
    address: SocketAddr,
}

impl Scene {
    /// The handler says this.
    async fn saying(adapter: Adapter, says: impl Fn(&Event) -> Said + Send + Sync + 'static) -> Self {
        Self::with(adapter, State::saying(says), acme()).await
    }

    async fn with(adapter: Adapter, state: State, endpoint: Endpoint) -> Self {
        let directory = Directory::new();
        let inbox = Inbox::open(directory.file()).await.unwrap();
        let endpoint = endpoint.inbox(&inbox);
        let address = serve(adapter, &state, &endpoint).await;
        Self { adapter, directory, inbox, state, endpoint, address }
    }

    /// Sends a request about this event, which is acknowledged and not worked.
    fn keeps(&self, id: &str) {
        let before = self.state.seen().len();
        assert_eq!(send(self.address, &request(id)), 200, "{:?}", self.adapter);
        assert_eq!(self.state.seen().len(), before, "{:?}: it was worked at once", self.adapter);
    }

    fn function(&self) -> Function {
        through(self.adapter, Shape::Same, &self.state, &self.endpoint)
    }

    /// Works what is due until so many changes were told.
    async fn work(&self, count: usize) -> Vec<Change> {
        work(self.inbox.worker(self.function()), count).await
    }

    /// Works one event of this handler once; what became of it, with its error.
    async fn works(adapter: Adapter, says: impl Fn(&Event) -> Said + Send + Sync + 'static) -> (ChangeKind, String) {
        let scene = Self::saying(adapter, says).await;
        scene.keeps("evt_1");
        let worker = scene.inbox.worker(scene.function()).backoff(Backoff::new(HOUR, HOUR));
        let change = work(worker, 1).await.remove(0);
        (change.kind, change.error.unwrap_or_default())
    }
}

const HOUR: Duration = Duration::from_secs(3600);

/// Works until so many changes were told; in the order of the attempts.
async fn work(worker: Worker, count: usize) -> Vec<Change> {
    let mut changes = work_in_turn(worker, count).await;
    changes.sort_by_key(|change| (change.attempt, change.number));
    changes
}

/// Works until so many changes were told; in the order in which they were.
async fn work_in_turn(worker: Worker, count: usize) -> Vec<Change> {
    let (changes, told) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Notify::new()));
    let (all, bell) = (changes.clone(), told.clone());
    let worker = worker.on_change(move |change| {
        all.lock().unwrap().push(change.clone());
        bell.notify_one();
    });
    let enough = async {
        while changes.lock().unwrap().len() < count {
            told.notified().await;
        }
    };
    let bounded = async {
        let waited = tokio::time::timeout(Duration::from_secs(60), enough).await;
        assert!(waited.is_ok(), "{:?}", changes.lock().unwrap());
    };
    let _ = worker.run_until(bounded).await;
    changes.lock().unwrap().clone()
}

/// Of each change, the attempt and what became of the event.
fn ends(changes: &[Change]) -> Vec<(u32, &'static str)> {
    let word = |kind| match kind {
        ChangeKind::Worked => "worked",
        ChangeKind::Failed(_) => "failed",
        ChangeKind::Dead => "dead",
        _ => "parked",
    };
    changes.iter().map(|change| (change.attempt, word(change.kind))).collect()
}

/// Retries at once, at most three times.
fn impatient(worker: Worker) -> Worker {
    worker.attempts(3).backoff(Backoff::new(Duration::ZERO, Duration::ZERO))
}
