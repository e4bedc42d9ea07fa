//! Which events were seen: in flight, waiting or done.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookporter_core::{EventKey, Provider, Tolerance, Verifier};
use tokio::sync::watch;
use tokio::time::Instant;

/// What tenant and event come to under two secret hash keys of this store: 128 bits that no sender can aim at, kept in
/// place. A hundred thousand of them are a few megabytes, and finding one is a look at one place in memory.
type Key = u128;

/// Keys are hashes already.
#[derive(Debug, Clone, Copy, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, _) = bytes.as_chunks::<8>();
        self.0 = words.iter().fold(self.0, |all, word| all ^ u64::from_ne_bytes(*word));
    }
}

/// The events that an endpoint has seen lately.
///
/// Bounded: when it is full the oldest entry makes room, which shortens the window and is counted.
#[derive(Debug)]
pub(crate) struct Dedupe {
    entries: Mutex<Entries>,
    secrets: [RandomState; 2],
    retention: Duration,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<Key, Entry, BuildHasherDefault<AsItIs>>,
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
    /// The first copy is being handed off. Whoever waits for its end has left a sender here, and hears of the end when
    /// it is dropped; for most events nobody waits.
    InFlight(Option<watch::Sender<()>>),
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

/// How long a finished event is remembered at the least; longer where a sender documents that it tries for longer.
const RETENTION: Duration = Duration::from_secs(3 * 24 * 3600);
/// How many events are remembered; about 20 MB where ids are long.
const CAPACITY: usize = 100_000;

impl Dedupe {
    /// The window in which a captured request can be accepted again is covered, and the retries of every sender.
    pub(crate) fn usual(verifier: &Verifier, provider: Option<&Provider>) -> Arc<Self> {
        let window = verifier.tolerance().map_or(Duration::ZERO, Tolerance::window);
        let retries = provider.and_then(|provider| provider.acknowledgement().retry_for).unwrap_or_default();
        Self::new(window.max(retries).max(RETENTION), CAPACITY)
    }

    pub(crate) fn new(retention: Duration, capacity: usize) -> Arc<Self> {
        Arc::new(Self { entries: Mutex::default(), secrets: <[RandomState; 2]>::default(), retention, capacity })
    }

    /// An empty store like this one that remembers for at least `window`.
    pub(crate) fn remembering_for(&self, window: Duration) -> Arc<Self> {
        Self::new(self.retention.max(window), self.capacity)
    }

    /// Asks for an event that was proven at the moment `now`, and claims it if it is new.
    pub(crate) fn claim(self: &Arc<Self>, tenant: Option<&str>, event: &EventKey, now: Instant) -> Seen {
        let key = self.key(tenant, event);
        let mut entries = self.lock();
        entries.forget_expired(now);
        match entries.by_key.get_mut(&key).map(|entry| &mut entry.state) {
            Some(State::Taken) => return Seen::Before,
            Some(State::InFlight(waiters)) => {
                return Seen::InFlight(waiters.get_or_insert_with(|| watch::Sender::new(())).subscribe());
            }
            None => {}
        }
        entries.serial = entries.serial.wrapping_add(1);
        let serial = entries.serial;
        entries.by_key.insert(key, Entry { serial, state: State::InFlight(None) });
        Seen::New(Claim { store: self.clone(), key, serial, since: now, settled: false })
    }

    fn key(&self, tenant: Option<&str>, event: &EventKey) -> Key {
        let [high, low] = self.secrets.each_ref().map(|secret| u128::from(secret.hash_one((tenant, event))));
        high << 64 | low
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
    /// When it was proven: a captured copy of it is fresh no longer than the window from here.
    since: Instant,
    settled: bool,
}

impl Claim {
    /// The event was taken: further deliveries are duplicates from now on.
    pub(crate) fn taken(&mut self) {
        let mut entries = self.store.lock();
        let entry = entries.by_key.get_mut(&self.key).filter(|entry| entry.serial == self.serial);
        // Dropped when the lock is free again, since it wakes whoever waits.
        let waiters = entry.map(|entry| std::mem::replace(&mut entry.state, State::Taken));
        if !self.settled {
            // Freshness is judged in whole seconds, both bounds inclusive: a second longer than the window.
            let retention = self.store.retention.saturating_add(Duration::from_secs(1));
            let expires = self.since.checked_add(retention).unwrap_or(self.since);
            entries.order.push_back((expires, self.serial, self.key));
            while entries.order.len() > self.store.capacity {
                if entries.forget_oldest() {
                    entries.evictions = entries.evictions.saturating_add(1);
                }
            }
        }
        drop(entries);
        drop(waiters);
        self.settled = true;
    }

    /// The work failed: the next delivery is handed off again.
    pub(crate) fn take_back(&mut self) {
        let mut entries = self.store.lock();
        let ours = entries.by_key.get(&self.key).is_some_and(|entry| entry.serial == self.serial);
        let waiters = ours.then(|| entries.by_key.remove(&self.key));
        drop(entries);
        drop(waiters);
        self.settled = true;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.settled {
            self.take_back();
        }
    }
}
