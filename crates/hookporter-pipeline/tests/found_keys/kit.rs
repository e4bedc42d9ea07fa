//! A finder that counts, and requests through the pipeline without any adapter.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use hookporter_core::{FrozenClock, KeyName, Keyring, Reason, Rejection, Secret, UnixTime};
use hookporter_pipeline::operating::RefusedRequest;
use hookporter_pipeline::{BoxError, BoxFuture, Endpoint, Event, KeyFinder, Keys, TraceId, Verdict, receive};
use hookporter_testkit::SignedRequest;
use tokio::sync::mpsc::Receiver;

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// Knows the keys that a test gives it, and counts how often it is asked.
#[derive(Clone, Default)]
pub(crate) struct Finder {
    keys: Arc<Mutex<BTreeMap<String, String>>>,
    asked: Arc<AtomicUsize>,
    down: Arc<AtomicBool>,
}

impl Finder {
    pub(crate) fn knowing(self, name: &str, key: &str) -> Self {
        self.keys.lock().unwrap().insert(name.to_owned(), key.to_owned());
        self
    }

    pub(crate) fn forget(&self, name: &str) {
        self.keys.lock().unwrap().remove(name);
    }

    pub(crate) fn is_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    /// How often it was asked since the last time.
    pub(crate) fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

impl KeyFinder for Finder {
    fn find(&self, _: Option<Arc<str>>, name: KeyName) -> BoxFuture<'_, Result<Option<Keyring>, BoxError>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            // Others get a turn while this one waits.
            tokio::task::yield_now().await;
            if self.down.load(Ordering::SeqCst) {
                return Err("the source is down".into());
            }
            let key = self.keys.lock().unwrap().get(name.as_str()).cloned();
            Ok(key.map(|key| Secret::new(key).into()))
        })
    }
}

/// An endpoint under test, and what it hands off.
pub(crate) struct Door {
    endpoint: Arc<Endpoint>,
    events: Receiver<Event>,
}

impl Door {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        let (endpoint, events) = endpoint.clock(FrozenClock(NOW)).no_dedupe().channel(4096);
        Self { endpoint: Arc::new(endpoint), events }
    }

    pub(crate) fn plaid(finder: &Finder) -> Self {
        Self::new(Endpoint::plaid(Keys::find(finder.clone())).unwrap())
    }

    /// Sends a request: why it was not accepted, and the status.
    pub(crate) async fn send(&self, request: &SignedRequest) -> Result<(), (Reason, u16)> {
        let mut body: Option<Bytes> = Some(request.body().clone());
        match receive(&self.endpoint, &request.head(), None, &mut body).await {
            Verdict::Reply(reply) => match reply.refusal {
                Some(refusal) => Err((refusal.rejection().kind(), reply.status)),
                None => Ok(()),
            },
            verdict => panic!("{verdict:?}"),
        }
    }

    /// Judges a request as a recheck does.
    pub(crate) async fn judge(&self, request: &SignedRequest) -> Result<(), Rejection> {
        let lines = request.headers().iter();
        let headers = lines.map(|(name, value)| (name.to_lowercase(), value.as_bytes().to_vec())).collect();
        let refused = RefusedRequest {
            trace: TraceId::from_bits(7),
            endpoint: self.endpoint.name().to_owned(),
            reason: Reason::UnknownKey,
            detail: String::new(),
            arrived_at: NOW,
            method: request.method().to_owned(),
            target: request.target().to_owned(),
            reached_proof: false,
            headers,
            body: request.body().clone(),
            peer: None,
            sealed_by: None,
        };
        self.endpoint.judge(&refused).await
    }

    /// What was handed off next.
    pub(crate) fn event(&mut self) -> Event {
        self.events.try_recv().unwrap()
    }
}

/// A request of Plaid's, whose token names `kid`.
pub(crate) fn plaid(kid: &str) -> SignedRequest {
    let keys = hookporter_testkit::keys("plaid").unwrap();
    hookporter_testkit::plaid(Secret::new(keys.sender).named(kid)).at(NOW).build()
}

/// The public key of Plaid's requests here.
pub(crate) fn plaid_key() -> &'static str {
    hookporter_testkit::keys("plaid").unwrap().receiver
}

/// The certificate of requests of SNS's and PayPal's.
pub(crate) fn certificate() -> &'static str {
    hookporter_testkit::keys("aws-sns").unwrap().receiver
}
