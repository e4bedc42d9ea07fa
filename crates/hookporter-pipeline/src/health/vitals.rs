//! What an endpoint notes of each request for its health.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hookporter_core::{Evidence, KeyId, Reason, Rejection, UnixTime};

use crate::health::clock_steps::ClockSteps;
use crate::health::key_uses::KeyUses;
use crate::health::{KeyUse, LastError};
use crate::outcome::Outcome;

/// How many refusals are looked back at.
pub(super) const LOOK_BACK: usize = 5;
/// No moment.
const NEVER: i64 = i64::MIN;

/// The vital signs of an endpoint, shared by its clones.
#[derive(Debug)]
pub(crate) struct Vitals {
    /// When an event was last accepted, filtered out, or known already; in milliseconds.
    last_accepted: AtomicI64,
    /// When one was last handed off or parked: what was captured and is sent again is no sign of life. In milliseconds.
    last_new: AtomicI64,
    /// Refusals of a proof since a proof last held.
    refused_in_a_row: AtomicU64,
    /// Refusals since a proof last held, also of what has none.
    unproven: AtomicU64,
    /// How often a proof has held after refusals: what was found out about refusals before that is out of date.
    mended: AtomicU64,
    /// Errors of any kind since the last event.
    errors_in_a_row: AtomicU64,
    /// How often what was proven, or could not be for want of keys, was told to come again since an event was last taken.
    untaken: AtomicU64,
    keys: KeyUses,
    refusals: Mutex<Refusals>,
    pub(super) clock: ClockSteps,
}

/// The last refusals, and the last errors.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    /// Of a proof, the latest last.
    pub(super) of_proof: VecDeque<(UnixTime, Reason)>,
    pub(super) last: Option<LastError>,
    /// Why what was proven could not be taken, the last time.
    pub(super) of_work: Option<Reason>,
}

impl Default for Vitals {
    fn default() -> Self {
        Self {
            last_accepted: AtomicI64::new(NEVER),
            last_new: AtomicI64::new(NEVER),
            refused_in_a_row: AtomicU64::new(0),
            unproven: AtomicU64::new(0),
            mended: AtomicU64::new(0),
            errors_in_a_row: AtomicU64::new(0),
            untaken: AtomicU64::new(0),
            keys: KeyUses::default(),
            refusals: Mutex::default(),
            clock: ClockSteps::default(),
        }
    }
}

impl Vitals {
    /// Notes a proof that held, with its key and the moment at which the request arrived. Whether it is the first one after
    /// refusals.
    pub(crate) fn proven(&self, key: &KeyId, now: UnixTime) -> bool {
        reset(&self.refused_in_a_row);
        let is_mended = reset(&self.unproven);
        if is_mended {
            self.mended.fetch_add(1, Ordering::Relaxed);
        }
        self.keys.note(key, now);
        is_mended
    }

    /// Notes a request that was answered with a success. A challenge is none of an event.
    pub(crate) fn succeeded(&self, outcome: Outcome, now: UnixTime) {
        if !matches!(outcome, Outcome::Accepted | Outcome::Duplicate | Outcome::Parked | Outcome::Ignored) {
            return;
        }
        reset(&self.errors_in_a_row);
        self.last_accepted.store(now.as_millis(), Ordering::Relaxed);
        // A duplicate, and what is filtered out, went nowhere: that says nothing of the hand-off, and may be a replay.
        if matches!(outcome, Outcome::Accepted | Outcome::Parked) {
            reset(&self.untaken);
            self.last_new.store(now.as_millis(), Ordering::Relaxed);
        }
    }

    /// Notes a request that was not, and whether its proof had held.
    #[cold]
    pub(crate) fn failed(&self, outcome: Outcome, status: u16, rejection: &Rejection, is_proven: bool, now: UnixTime) {
        self.errors_in_a_row.fetch_add(1, Ordering::Relaxed);
        let reason = rejection.kind();
        let error = LastError { at: now, outcome, status, reason, detail: rejection.to_string() };
        let mut refusals = lock(&self.refusals);
        let before = refusals.last.replace(error);
        if reason.is_refusal() && !is_proven {
            self.unproven.fetch_add(1, Ordering::Relaxed);
        }
        if may_be_our_own_fault(reason) {
            self.refused_in_a_row.fetch_add(1, Ordering::Relaxed);
            if refusals.of_proof.len() >= LOOK_BACK {
                refusals.of_proof.pop_front();
            }
            refusals.of_proof.push_back((now, reason));
        }
        if outcome == Outcome::Unavailable && is_failure_of_ours(rejection, is_proven) {
            self.untaken.fetch_add(1, Ordering::Relaxed);
            refusals.of_work = Some(reason);
        }
        drop(refusals);
        drop(before);
    }

    pub(super) fn last_accepted(&self) -> Option<UnixTime> {
        moment(&self.last_accepted)
    }

    pub(super) fn last_new(&self) -> Option<UnixTime> {
        moment(&self.last_new)
    }

    pub(super) fn refused_in_a_row(&self) -> u64 {
        self.refused_in_a_row.load(Ordering::Relaxed)
    }

    pub(super) fn errors_in_a_row(&self) -> u64 {
        self.errors_in_a_row.load(Ordering::Relaxed)
    }

    pub(super) fn unproven(&self) -> u64 {
        self.unproven.load(Ordering::Relaxed)
    }

    /// Which run of refusals this is: a proof that holds ends one.
    pub(crate) fn mended(&self) -> u64 {
        self.mended.load(Ordering::Relaxed)
    }

    /// How often in a row an event could not be taken, and why the last time.
    pub(super) fn untaken(&self) -> Option<(u64, Reason)> {
        let reason = lock(&self.refusals).of_work?;
        Some((self.untaken.load(Ordering::Relaxed), reason))
    }

    pub(super) fn keys(&self) -> Vec<KeyUse> {
        self.keys.all()
    }

    pub(super) fn refusals(&self) -> MutexGuard<'_, Refusals> {
        lock(&self.refusals)
    }
}

/// Whether a genuine request of the sender may be refused so, since something here is wrong. What any scanner of the network
/// sends, without a proof or to an unknown tenant, is not a sign of it.
pub(crate) const fn may_be_our_own_fault(reason: Reason) -> bool {
    reason.is_refusal() && !matches!(reason, Reason::MissingHeader | Reason::UnknownTenant | Reason::HandshakeRefused)
}

/// Whether an event of the sender's was turned away though nothing is wrong with it. Before the proof strangers can bring most
/// of it about; not that the source of keys fails, without which no proof can hold.
fn is_failure_of_ours(rejection: &Rejection, is_proven: bool) -> bool {
    match rejection.kind() {
        // Somebody wants it so, or the first copy is on its way.
        Reason::EndpointPaused | Reason::ShuttingDown | Reason::DuplicateInFlight => false,
        // With evidence it is the bound on what strangers may ask for.
        Reason::KeySourceUnavailable => *rejection.evidence() == Evidence::None,
        _ => is_proven,
    }
}

/// Whether there was anything to reset.
fn reset(count: &AtomicU64) -> bool {
    // A load before the write: requests on several cores would else take the line from each other.
    let is_due = count.load(Ordering::Relaxed) > 0;
    if is_due {
        count.store(0, Ordering::Relaxed);
    }
    is_due
}

fn moment(at: &AtomicI64) -> Option<UnixTime> {
    Some(at.load(Ordering::Relaxed)).filter(|at| *at != NEVER).map(UnixTime::from_millis)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing under these locks can leave it half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
