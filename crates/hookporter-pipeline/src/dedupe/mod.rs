//! Which events were seen: in flight, waiting or done.

mod taken;

use std::collections::hash_map::{Entry, RandomState};
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookporter_core::{EventKey, Provider, Tolerance, Verifier};
use tokio::sync::watch;
use tokio::time::Instant;

use self::taken::{ByKey, Key, Taken};

/// The events that an endpoint has seen lately.
///
/// Bounded: when it is full the oldest ones make room, which shortens the window and is counted.
#[derive(Debug)]
pub(crate) struct Dedupe {
    entries: Mutex<Entries>,
    secrets: [RandomState; 2],
    retention: Duration,
    capacity: usize,
}

#[derive(Debug)]
struct Entries {
    /// Whose first copy is being handed off. Whoever waits for its end has left a sender here, and hears of the end when it is
    /// dropped; for most events nobody waits.
    in_flight: ByKey<Option<watch::Sender<()>>>,
    /// Acknowledged: the work waits, runs, or is done.
    taken: Taken,
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

/// How long a finished event is remembered at the least; longer where a sender documents that it tries for longer.
const RETENTION: Duration = Duration::from_secs(3 * 24 * 3600);
/// How many events are remembered at the least; twice as many, the most, are about 9 MB.
const CAPACITY: usize = 100_000;

impl Dedupe {
    /// The window in which a captured request can be accepted again is covered, and the retries of every sender.
    pub(crate) fn usual(verifier: &Verifier, provider: Option<&Provider>) -> Arc<Self> {
        let window = verifier.tolerance().map_or(Duration::ZERO, Tolerance::window);
        let retries = provider.and_then(|provider| provider.acknowledgement().retry_for).unwrap_or_default();
        Self::new(window.max(retries).max(RETENTION), CAPACITY)
    }

    pub(crate) fn new(retention: Duration, capacity: usize) -> Arc<Self> {
        let entries = Entries { in_flight: ByKey::default(), taken: Taken::new(capacity) };
        Arc::new(Self { entries: Mutex::new(entries), secrets: <[RandomState; 2]>::default(), retention, capacity })
    }

    /// An empty store like this one that remembers for at least `window`.
    pub(crate) fn remembering_for(&self, window: Duration) -> Arc<Self> {
        Self::new(self.retention.max(window), self.capacity)
    }

    /// Asks for an event that was proven at the moment `now`, and claims it if it is new.
    pub(crate) fn claim(self: &Arc<Self>, tenant: Option<&str>, event: &EventKey, now: Instant) -> Seen {
        let key = self.key(tenant, event);
        let mut entries = self.lock();
        if entries.taken.has(key, now) {
            return Seen::Before;
        }
        match entries.in_flight.entry(key) {
            Entry::Occupied(mut waiters) => {
                Seen::InFlight(waiters.get_mut().get_or_insert_with(|| watch::Sender::new(())).subscribe())
            }
            Entry::Vacant(free) => {
                free.insert(None);
                Seen::New(Claim { store: self.clone(), key, since: now, settled: false })
            }
        }
    }

    fn key(&self, tenant: Option<&str>, event: &EventKey) -> Key {
        let [high, low] = self.secrets.each_ref().map(|secret| u128::from(secret.hash_one((tenant, event))));
        high << 64 | low
    }

    /// How many events made room before their time.
    pub(crate) fn evictions(&self) -> u64 {
        self.lock().taken.evictions()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Entries> {
        // No code of a user runs under the lock, so a poisoned one is whole.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to hand off one event, and the duty to say how it went. Dropped unsettled, the mark is taken back.
#[derive(Debug)]
pub(crate) struct Claim {
    store: Arc<Dedupe>,
    key: Key,
    /// When it was proven, or came: a captured copy of it is fresh no longer than the window from here.
    since: Instant,
    settled: bool,
}

impl Claim {
    /// The event was taken: further deliveries are duplicates from now on.
    pub(crate) fn taken(&mut self) {
        if std::mem::replace(&mut self.settled, true) {
            return;
        }
        let mut entries = self.store.lock();
        // Dropped when the lock is free again, since it wakes whoever waits.
        let waiters = entries.in_flight.remove(&self.key);
        entries.taken.remember(self.key, self.until(), self.since);
        drop(entries);
        drop(waiters);
    }

    /// The work failed: the next delivery is handed off again.
    pub(crate) fn take_back(&mut self) {
        let mut entries = self.store.lock();
        let mut waiters = None;
        if std::mem::replace(&mut self.settled, true) {
            entries.taken.forget(self.key, self.until());
        } else {
            waiters = entries.in_flight.remove(&self.key);
        }
        drop(entries);
        drop(waiters);
    }

    /// How long a taken event is remembered: freshness is judged in whole seconds, both bounds inclusive, so it is a second longer
    /// than the window; and a second more, as `since` may be a moment before the look at the clock by which it was fresh.
    fn until(&self) -> Instant {
        let retention = self.store.retention.saturating_add(Duration::from_secs(2));
        self.since.checked_add(retention).unwrap_or(self.since)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.settled {
            self.take_back();
        }
    }
}
