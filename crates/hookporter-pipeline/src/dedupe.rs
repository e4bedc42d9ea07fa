//! Which events were seen: in flight, waiting or done.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookporter_core::EventKey;
use tokio::sync::watch;
use tokio::time::Instant;

/// A key is scoped by tenant; the endpoint has a store of its own.
type Key = (Option<Arc<str>>, EventKey);

/// The events that an endpoint has seen lately.
///
/// Bounded: when it is full the oldest entry makes room, which shortens the window and is counted.
#[derive(Debug)]
pub(crate) struct Dedupe {
    entries: Mutex<Entries>,
    retention: Duration,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<Key, Entry>,
    /// The order in which finished entries expire; an entry's serial tells whether it is still the one meant.
    order: VecDeque<(Instant, u64, Key)>,
    serial: u64,
    evictions: u64,
}

#[derive(Debug)]
struct Entry {
    serial: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The first copy is being handed off; waiters hear of its end.
    InFlight(watch::Receiver<()>),
    /// Acknowledged: its work waits, runs, or is done.
    Taken,
}

/// What the store says of an event.
pub(crate) enum Seen {
    /// Never; the claim is the caller's to settle.
    New(Claim),
    /// It was taken before.
    Before,
    /// Its first copy is in flight; wait for the change and ask again.
    InFlight(watch::Receiver<()>),
}

impl Dedupe {
    pub(crate) fn new(retention: Duration, capacity: usize) -> Arc<Self> {
        Arc::new(Self { entries: Mutex::default(), retention, capacity })
    }

    /// An empty store like this one that remembers for at least `window`.
    pub(crate) fn remembering_for(&self, window: Duration) -> Arc<Self> {
        Self::new(self.retention.max(window), self.capacity)
    }

    /// Asks for an event, and claims it if it is new.
    pub(crate) fn claim(self: &Arc<Self>, tenant: Option<Arc<str>>, event: EventKey) -> Seen {
        let key = (tenant, event);
        let mut entries = self.lock();
        entries.forget_expired(Instant::now());
        match entries.by_key.get(&key).map(|entry| &entry.state) {
            Some(State::Taken) => return Seen::Before,
            Some(State::InFlight(change)) => return Seen::InFlight(change.clone()),
            None => {}
        }
        let (finished, change) = watch::channel(());
        entries.serial = entries.serial.wrapping_add(1);
        let serial = entries.serial;
        entries.by_key.insert(key.clone(), Entry { serial, state: State::InFlight(change) });
        Seen::New(Claim { store: self.clone(), key, serial, settled: false, finished: Some(finished) })
    }

    /// How many entries made room before their time.
    pub(crate) fn evictions(&self) -> u64 {
        self.lock().evictions
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Entries> {
        // No code of a user runs under the lock, so a poisoned one is whole.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn forget_expired(&mut self, now: Instant) {
        while self.order.front().is_some_and(|(expires, ..)| *expires <= now) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) -> bool {
        let Some((_, serial, key)) = self.order.pop_front() else {
            return false;
        };
        if self.by_key.get(&key).is_some_and(|entry| entry.serial == serial) {
            self.by_key.remove(&key);
            return true;
        }
        false
    }
}

/// The right to hand off one event, and the duty to say how it went. Dropped unsettled, the mark is taken back.
#[derive(Debug)]
pub(crate) struct Claim {
    store: Arc<Dedupe>,
    key: Key,
    serial: u64,
    settled: bool,
    /// Dropping it wakes whoever waits.
    finished: Option<watch::Sender<()>>,
}

impl Claim {
    /// The event was taken: further deliveries are duplicates from now on.
    pub(crate) fn taken(&mut self) {
        let mut entries = self.store.lock();
        if let Some(entry) = entries.by_key.get_mut(&self.key).filter(|entry| entry.serial == self.serial) {
            entry.state = State::Taken;
        }
        if !self.settled {
            // Freshness is judged in whole seconds, both bounds inclusive: a second longer than the window.
            let retention = self.store.retention.saturating_add(Duration::from_secs(1));
            let expires = Instant::now().checked_add(retention).unwrap_or_else(Instant::now);
            entries.order.push_back((expires, self.serial, self.key.clone()));
            while entries.order.len() > self.store.capacity {
                if entries.forget_oldest() {
                    entries.evictions = entries.evictions.saturating_add(1);
                }
            }
        }
        drop(entries);
        self.settled = true;
        self.finished = None;
    }

    /// The work failed: the next delivery is handed off again.
    pub(crate) fn take_back(&mut self) {
        let mut entries = self.store.lock();
        if entries.by_key.get(&self.key).is_some_and(|entry| entry.serial == self.serial) {
            entries.by_key.remove(&self.key);
        }
        drop(entries);
        self.settled = true;
        self.finished = None;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.settled {
            self.take_back();
        }
    }
}
