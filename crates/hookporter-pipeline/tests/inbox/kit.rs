//! A store in memory, and requests through the pipeline without any adapter.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use hookporter_core::{FrozenClock, Reason, UnixTime};
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Durability, EndpointNames, EventRecord};
use hookporter_pipeline::{BoxFuture, Endpoint, HandoffError, Outcome, Verdict, receive};
use hookporter_testkit::SignedRequest;
use tokio::sync::{Notify, Semaphore};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
pub(crate) const SECRET: &str = "a secret that is long enough";

/// Keeps what it is given, one commit for each permit, and says that it is as durable as it is told to say.
#[derive(Clone)]
pub(crate) struct Store {
    records: Arc<Mutex<Vec<EventRecord>>>,
    pub(crate) commits: Arc<Semaphore>,
    names: EndpointNames,
    durability: Arc<Mutex<Durability>>,
    has_no_order: Arc<AtomicBool>,
    /// Told of everything that is to be taken.
    taking: Arc<Notify>,
}

impl Store {
    pub(crate) fn new() -> Self {
        let store = Self::stuck();
        store.commits.add_permits(1000);
        store
    }

    /// One that commits nothing before it is told to.
    pub(crate) fn stuck() -> Self {
        let commits = Arc::new(Semaphore::new(0));
        let names = EndpointNames::new();
        Self {
            records: Arc::default(),
            commits,
            names,
            durability: Arc::default(),
            has_no_order: Arc::default(),
            taking: Arc::default(),
        }
    }

    /// Ends once it is taking something.
    pub(crate) async fn asked(&self) {
        self.taking.notified().await;
    }

    /// From now on it promises this.
    pub(crate) fn turns(&self, durability: Durability) {
        *self.durability.lock().unwrap() = durability;
    }

    /// From now on it works events in no order.
    pub(crate) fn loses_order(&self) {
        self.has_no_order.store(true, Ordering::Relaxed);
    }

    pub(crate) fn records(&self) -> Vec<EventRecord> {
        self.records.lock().unwrap().clone()
    }

    /// The only record.
    pub(crate) fn record(&self) -> EventRecord {
        let mut records = self.records();
        assert_eq!(records.len(), 1, "{records:?}");
        records.remove(0)
    }

    fn commit(&self, record: EventRecord) -> Accepted {
        let key = |record: &EventRecord| (record.endpoint.clone(), record.tenant.clone(), record.identity.clone());
        let mut records = self.records.lock().unwrap();
        if record.identity.is_some() && records.iter().any(|kept| key(kept) == key(&record)) {
            return Accepted::Duplicate;
        }
        records.push(record);
        Accepted::New
    }
}

impl AcceptingSide for Store {
    fn accept(&self, records: Vec<EventRecord>) -> BoxFuture<'static, Result<Vec<Accepted>, HandoffError>> {
        let store = self.clone();
        Box::pin(async move {
            store.taking.notify_one();
            store.commits.acquire().await.map_err(HandoffError::failed)?.forget();
            Ok(records.into_iter().map(|record| store.commit(record)).collect())
        })
    }

    fn durability(&self) -> Durability {
        *self.durability.lock().unwrap()
    }

    fn keeps_order(&self) -> bool {
        !self.has_no_order.load(Ordering::Relaxed)
    }

    fn endpoint_names(&self) -> &EndpointNames {
        &self.names
    }
}

/// An endpoint under test.
#[derive(Clone)]
pub(crate) struct Door(Arc<Endpoint>);

impl Door {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        Self(Arc::new(endpoint.clock(FrozenClock(NOW))))
    }

    /// Sends a request: the status, and why it was not taken.
    pub(crate) async fn send(&self, request: &SignedRequest) -> (u16, Option<Reason>) {
        match receive(&self.0, &request.head(), None, &mut Some(request.body().clone())).await {
            Verdict::Reply(reply) => (reply.status, reply.refusal.map(|refusal| refusal.rejection().kind())),
            verdict => panic!("{verdict:?}"),
        }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.0
    }

    pub(crate) fn count(&self, outcome: Outcome) -> u64 {
        self.0.count(outcome)
    }
}

/// A push of GitHub's with this body.
pub(crate) fn push(secret: &str, body: &str) -> SignedRequest {
    hookporter_testkit::github(secret).event("push").at(NOW).body(Bytes::from(body.to_owned())).build()
}

pub(crate) const TAKEN: (u16, Option<Reason>) = (200, None);
