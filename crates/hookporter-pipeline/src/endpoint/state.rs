//! What an endpoint has seen and whether it takes requests, shared by its clones.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use hookporter_core::UnixTime;

use crate::Endpoint;
use crate::health::Vitals;
use crate::nodes::{Member, RevokedKey, Switches};
use crate::outcome::Outcome;

/// Counts and switches.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) switches: Switches,
    /// As the nodes of its inbox know it, where several share that.
    pub(crate) member: OnceLock<Arc<Member>>,
    /// The keys that are revoked in this process, where no inbox says it for all.
    revoked_here: Mutex<Vec<RevokedKey>>,
    pub(crate) shutting_down: AtomicBool,
    /// Whether it was said that the server does not tell who is at the other end.
    pub(crate) peer_unknown: AtomicBool,
    /// Whether it was said that the inbox may lose what was acknowledged.
    pub(crate) told_of_loss: AtomicBool,
    counts: [AtomicU64; Outcome::ALL.len()],
    pub(crate) vitals: Vitals,
    pub(crate) quarantine: crate::quarantine::State,
    #[cfg(feature = "metrics")]
    pub(crate) meters: crate::metrics::Meters,
    #[cfg(feature = "diagnosis")]
    pub(crate) examinations: crate::examinations::Examinations,
    /// When somebody first asked how it fares.
    started: OnceLock<UnixTime>,
}

impl State {
    pub(crate) fn count(&self, outcome: Outcome) {
        if let Some(count) = self.counts.get(outcome.index()) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn revoked_here(&self) -> MutexGuard<'_, Vec<RevokedKey>> {
        // Nothing under the lock can leave it half done.
        self.revoked_here.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When somebody first asked how it fares; `now` if nobody has.
    pub(crate) fn started(&self, now: UnixTime) -> UnixTime {
        *self.started.get_or_init(|| now)
    }
}

impl Endpoint {
    /// Takes no request for now, in this process: the sender is told 503 and comes again. For all nodes of an inbox it is
    /// [`Endpoint::pause_everywhere`].
    pub fn pause(&self) {
        self.state.switches.paused_here.store(true, Ordering::Relaxed);
    }

    /// Takes requests again in this process, unless it is paused everywhere.
    pub fn resume(&self) {
        self.state.switches.paused_here.store(false, Ordering::Relaxed);
    }

    /// Takes no request any more, for a process that is about to end: the sender is told 503.
    pub fn shut_down(&self) {
        self.state.shutting_down.store(true, Ordering::Relaxed);
    }

    /// Whether its keys are those of tenants, so that one is not there for another.
    #[must_use]
    pub const fn has_tenants(&self) -> bool {
        self.tenant.is_some()
    }

    /// Whether requests should be sent to this process: it is neither paused here nor about to end. One that is paused on every
    /// node is ready: another node would do no better, and where none is ready senders are told nothing at all.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let stopped = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        !stopped(&self.state.switches.paused_here) && !stopped(&self.state.shutting_down)
    }

    /// Whether it is neither paused nor shut down.
    pub(crate) fn takes_requests(&self) -> bool {
        self.join();
        !self.state.switches.is_paused() && !self.state.shutting_down.load(Ordering::Relaxed)
    }

    /// How many requests ended so.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.state.counts.get(outcome.index()).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// How many events were forgotten before their time because too many came; a replay of one is taken again.
    #[must_use]
    pub fn forgotten_events(&self) -> u64 {
        self.dedupe.as_ref().map_or(0, |dedupe| dedupe.evictions())
    }
}
