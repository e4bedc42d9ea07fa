//! The app's state: what its handler saw, how often its middleware ran, and where.

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;

use hookporter::Event;
use hookporter::inbox::Attempt;

use super::said::Said;

/// All that a handler can ask of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub tenant: String,
    pub query: BTreeMap<String, String>,
    pub amount: u32,
    pub uri: String,
    pub route: String,
    pub peer: Option<IpAddr>,
    pub headers: BTreeMap<String, Vec<u8>>,
}

/// One run of the handler.
#[derive(Debug, Clone)]
pub struct Pass {
    pub seen: Seen,
    pub event: Event,
    pub attempt: Option<Attempt>,
}

#[derive(Clone)]
pub struct State {
    passes: Arc<Mutex<Vec<Pass>>>,
    says: Arc<dyn Fn(&Event) -> Said + Send + Sync>,
    /// How often a middleware ran.
    pub counted: Arc<AtomicUsize>,
    /// How often a handler was dropped before it had its answer.
    pub dropped: Arc<AtomicUsize>,
    /// How many bodies were streamed to their end.
    pub streamed: Arc<AtomicUsize>,
    threads: Arc<Mutex<HashSet<ThreadId>>>,
}

impl State {
    pub fn saying(says: impl Fn(&Event) -> Said + Send + Sync + 'static) -> Self {
        Self {
            passes: Arc::default(),
            says: Arc::new(says),
            counted: Arc::default(),
            dropped: Arc::default(),
            streamed: Arc::default(),
            threads: Arc::default(),
        }
    }

    /// A handler that takes every event.
    pub fn new() -> Self {
        Self::saying(|_| Said::Status(200))
    }

    pub fn count(&self) {
        self.counted.fetch_add(1, Ordering::SeqCst);
    }

    /// The handler ran; what it is to say.
    pub fn saw(&self, seen: Seen, event: Event, attempt: Option<Attempt>) -> Said {
        self.threads.lock().unwrap().insert(std::thread::current().id());
        let said = (self.says)(&event);
        self.passes.lock().unwrap().push(Pass { seen, event, attempt });
        said
    }

    /// Every run of the handler.
    pub fn seen(&self) -> Vec<Pass> {
        self.passes.lock().unwrap().clone()
    }

    /// The only run of the handler.
    pub fn only(&self) -> Pass {
        let mut passes = self.seen();
        assert_eq!(passes.len(), 1, "{passes:?}");
        passes.remove(0)
    }

    /// How many threads the handler ran on.
    pub fn threads(&self) -> HashSet<ThreadId> {
        self.threads.lock().unwrap().clone()
    }
}

/// Counts when it is dropped.
pub struct Dropped(pub Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
