//! Groundwork of the durable inbox: a stored request is replayed through the whole app, for each framework.
//!
//! Nothing here is the product's. A toy layer (its proof is the header `x-proof: good`) stores what it accepts; a
//! replayer sends it through the same app again, and the handler must see what it would have seen at once. What makes a
//! request a replay is [`Marker`], a private type in the request's extensions: nothing that comes from a socket, and no
//! type that a user can name, gets there.

mod actix;
mod axum;

use std::collections::{BTreeMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;

use bytes::Bytes;

use crate::wire::{self, Wire};

/// What the inbox keeps of a request: plain data, since no framework's type may cross to the other's threads.
#[derive(Debug, Clone)]
struct Stored {
    endpoint: &'static str,
    method: String,
    /// Path and query before any `nest` stripped them.
    uri: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Bytes,
    peer: Option<SocketAddr>,
    attempt: u32,
}

/// What users may know: which attempt this is. It opens no door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Attempt(u32);

/// The private mark of a replay. It is for one endpoint, whose layer writes down that it was reached: without that, a
/// catch-all route's 200 would pass for success once the real route is gone.
#[derive(Debug, Clone)]
struct Marker {
    endpoint: &'static str,
    reached: Arc<AtomicBool>,
}

impl Marker {
    fn new(endpoint: &'static str) -> Self {
        Self { endpoint, reached: Arc::default() }
    }

    /// Whether the layer of `endpoint` is to let this replay through without a proof.
    fn admits(&self, endpoint: &str) -> bool {
        let ours = self.endpoint == endpoint;
        self.reached.fetch_or(ours, Ordering::SeqCst);
        ours
    }

    fn outcome(&self, status: u16) -> Outcome {
        if self.reached.load(Ordering::SeqCst) { Outcome::Answered(status) } else { Outcome::NotReached(status) }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// The app answered, and the endpoint's layer had let the request through.
    Answered(u16),
    /// Something answered, but the endpoint's layer was never reached. No success, whatever the status.
    NotReached(u16),
}

/// Headers that no inbox keeps: proofs, credentials, what belongs to a connection. The length is made anew.
const NEVER_STORED: &[&str] =
    &["x-proof", "authorization", "cookie", "connection", "transfer-encoding", "expect", "content-length"];

/// What a toy layer does with a proven request.
#[derive(Debug, Clone)]
struct Toy {
    endpoint: &'static str,
    /// Where it is kept, to be answered 202; `None` hands it to the handler at once.
    inbox: Option<Arc<Mutex<Vec<Stored>>>>,
}

impl Toy {
    fn inline() -> Self {
        Self { endpoint: "acme", inbox: None }
    }

    fn inbox() -> Self {
        Self { endpoint: "acme", inbox: Some(Arc::default()) }
    }

    /// The only request that was kept.
    fn kept(&self) -> Stored {
        let kept = self.inbox.as_ref().unwrap().lock().unwrap();
        assert_eq!(kept.len(), 1);
        kept[0].clone()
    }
}

/// The app's state: what its handler saw, how often its middleware ran, and where.
#[derive(Debug, Clone, Default)]
struct State {
    seen: Arc<Mutex<Vec<Pass>>>,
    passes: Arc<AtomicUsize>,
    threads: Arc<Mutex<HashSet<ThreadId>>>,
}

impl State {
    fn pass(&self) {
        self.passes.fetch_add(1, Ordering::SeqCst);
        self.threads.lock().unwrap().insert(std::thread::current().id());
    }

    fn saw(&self, attempt: Option<Attempt>, seen: Seen) {
        self.seen.lock().unwrap().push((attempt, seen));
    }

    /// All that the handler saw.
    fn seen(&self) -> Vec<Pass> {
        self.seen.lock().unwrap().clone()
    }
}

/// One run of the handler: on which attempt, if any, and what it saw.
type Pass = (Option<Attempt>, Seen);

/// All that a handler can ask of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    tenant: String,
    query: BTreeMap<String, String>,
    amount: u32,
    uri: String,
    route: String,
    peer: Option<IpAddr>,
    headers: BTreeMap<String, Vec<u8>>,
}

impl Seen {
    /// What of it a replay can show.
    fn without_what_is_never_stored(mut self) -> Self {
        let length = self.headers.remove("content-length");
        self.headers.retain(|name, _| !NEVER_STORED.contains(&name.as_str()));
        self.headers.extend(length.map(|length| ("content-length".to_owned(), length)));
        self
    }
}

/// The handler's body, as it reads it.
#[derive(Debug, serde::Deserialize)]
struct Invoice {
    amount: u32,
}

const BODY: &[u8] = br#"{"amount":5}"#;
const TARGET: &str = "/webhooks/t%2F1?v=2&w=%C3%BC";

/// Headers that say "I am a replay" to whoever would believe them.
const LOOK_ALIKES: &[(&str, &str)] =
    &[("x-hookporter-replay", "acme"), ("marker", "acme"), ("replay", "true"), ("attempt", "1"), ("x-attempt", "1")];
const PROVEN: &[(&str, &str)] = &[
    ("x-proof", "good"),
    ("authorization", "Basic c2VjcmV0"),
    ("cookie", "session=1"),
    ("x-kept", "1"),
    ("content-type", "application/json"),
];

/// A request over TCP; the status of its answer.
fn send(address: SocketAddr, target: &str, headers: &[(&str, &str)]) -> u16 {
    let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
    let mut wire = Wire::connect(address);
    wire.write(&wire::request("POST", target, &headers, BODY));
    wire.answer().unwrap().status
}

/// A stored request that came by no server.
fn stored(uri: &str) -> Stored {
    let headers = vec![("content-type".to_owned(), b"application/json".to_vec())];
    let body = Bytes::from_static(BODY);
    let peer = Some(SocketAddr::from(([203, 0, 113, 9], 4711)));
    Stored { endpoint: "acme", method: "POST".to_owned(), uri: uri.to_owned(), headers, body, peer, attempt: 3 }
}

/// Asserts that the replay is to the handler what the original would have been.
fn assert_alike(original: &State, replayed: &State) {
    let (original, replayed) = (original.seen(), replayed.seen());
    assert_eq!((original.len(), replayed.len()), (1, 1));
    let (attempt, seen) = original[0].clone();
    assert_eq!(attempt, None);
    assert!(seen.headers.contains_key("authorization") && seen.tenant == "t/1" && seen.uri == TARGET, "{seen:?}");
    assert_eq!(replayed[0], (Some(Attempt(1)), seen.without_what_is_never_stored()));
}
