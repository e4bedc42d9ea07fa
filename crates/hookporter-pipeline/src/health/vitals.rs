//! What an endpoint notes of each request for its health.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use hookporter_core::{KeyId, Reason, Rejection, UnixTime};

use crate::health::clock_steps::ClockSteps;
use crate::health::{KeyUse, LastError};
use crate::outcome::Outcome;

/// How many refusals are looked back at.
pub(super) const LOOK_BACK: usize = 5;
/// How many keys are remembered: tenants have keys of their own, and there may be any number of them.
const MOST_KEYS: usize = 1000;
/// No moment.
const NEVER: i64 = i64::MIN;

static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The vital signs of an endpoint, shared by its clones.
#[derive(Debug)]
pub(crate) struct Vitals {
    /// In milliseconds.
    last_accepted: AtomicI64,
    /// Refusals of a proof since a proof last held.
    refused_in_a_row: AtomicU64,
    /// Errors of any kind since the last success.
    errors_in_a_row: AtomicU64,
    /// Which key was last noted, and in which second: the same again costs no lock.
    key_noted: AtomicU64,
    keys: Mutex<Vec<KeyUse>>,
    refusals: Mutex<Refusals>,
    pub(super) clock: ClockSteps,
}

/// The last refusals, and the last error.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    /// Of a proof, the latest last.
    pub(super) of_proof: VecDeque<(UnixTime, Reason)>,
    pub(super) last: Option<LastError>,
}

impl Default for Vitals {
    fn default() -> Self {
        Self {
            last_accepted: AtomicI64::new(NEVER),
            refused_in_a_row: AtomicU64::new(0),
            errors_in_a_row: AtomicU64::new(0),
            key_noted: AtomicU64::new(0),
            keys: Mutex::default(),
            refusals: Mutex::default(),
            clock: ClockSteps::default(),
        }
    }
}

impl Vitals {
    /// Notes a proof that held, with its key and the moment at which the request arrived.
    pub(crate) fn proven(&self, key: &KeyId, now: UnixTime) {
        // A load before the write: requests on several cores would else take the line from each other.
        if self.refused_in_a_row.load(Ordering::Relaxed) > 0 {
            self.refused_in_a_row.store(0, Ordering::Relaxed);
        }
        let second = u64::from_ne_bytes(now.as_secs().to_ne_bytes());
        let note = HASHER.hash_one(key) ^ second;
        if self.key_noted.swap(note, Ordering::Relaxed) != note {
            self.note_key(key, now);
        }
    }

    #[cold]
    fn note_key(&self, key: &KeyId, now: UnixTime) {
        let mut keys = lock(&self.keys);
        if let Some(known) = keys.iter_mut().find(|known| known.id == *key) {
            known.last_used = known.last_used.max(now);
            return;
        }
        if keys.len() >= MOST_KEYS {
            let oldest = keys.iter().enumerate().min_by_key(|(_, key)| key.last_used).map(|(at, _)| at);
            oldest.map(|at| keys.swap_remove(at));
        }
        keys.push(KeyUse { id: key.clone(), last_used: now });
    }

    /// Notes a request that was answered with a success.
    pub(crate) fn succeeded(&self, outcome: Outcome, now: UnixTime) {
        if self.errors_in_a_row.load(Ordering::Relaxed) > 0 {
            self.errors_in_a_row.store(0, Ordering::Relaxed);
        }
        if matches!(outcome, Outcome::Accepted | Outcome::Duplicate | Outcome::Parked | Outcome::Ignored) {
            self.last_accepted.store(now.as_millis(), Ordering::Relaxed);
        }
    }

    /// Notes a request that was not.
    #[cold]
    pub(crate) fn failed(&self, outcome: Outcome, status: u16, rejection: &Rejection, now: UnixTime) {
        self.errors_in_a_row.fetch_add(1, Ordering::Relaxed);
        let reason = rejection.kind();
        let mut refusals = lock(&self.refusals);
        refusals.last = Some(LastError { at: now, outcome, status, reason, detail: rejection.to_string() });
        if may_be_our_own_fault(reason) {
            self.refused_in_a_row.fetch_add(1, Ordering::Relaxed);
            if refusals.of_proof.len() >= LOOK_BACK {
                refusals.of_proof.pop_front();
            }
            refusals.of_proof.push_back((now, reason));
        }
    }

    pub(super) fn last_accepted(&self) -> Option<UnixTime> {
        Some(self.last_accepted.load(Ordering::Relaxed)).filter(|at| *at != NEVER).map(UnixTime::from_millis)
    }

    pub(super) fn refused_in_a_row(&self) -> u64 {
        self.refused_in_a_row.load(Ordering::Relaxed)
    }

    pub(super) fn errors_in_a_row(&self) -> u64 {
        self.errors_in_a_row.load(Ordering::Relaxed)
    }

    pub(super) fn keys(&self) -> Vec<KeyUse> {
        let mut keys = lock(&self.keys).clone();
        keys.sort_by(|one, other| one.id.cmp(&other.id));
        keys
    }

    pub(super) fn refusals(&self) -> MutexGuard<'_, Refusals> {
        lock(&self.refusals)
    }
}

/// Whether a genuine request of the sender may be refused so, since something here is wrong. What any scanner of the network
/// sends, without a proof or to an unknown tenant, is not a sign of it.
const fn may_be_our_own_fault(reason: Reason) -> bool {
    reason.is_refusal() && !matches!(reason, Reason::MissingHeader | Reason::UnknownTenant | Reason::HandshakeRefused)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing under these locks can leave it half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
