//! Hold mode: while refusals are our own fault the sender is told to come again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookporter_core::Reason;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::Endpoint;
use crate::health::{OwnFault, may_be_our_own_fault};
use crate::operating::RefusedSelection;

/// How long what was looked at counts: a flood of refusals must not look at health each time.
const COUNTS: Duration = Duration::from_secs(1);
/// So long a suspicion that nothing proves is enough, in one run of refusals: strangers can bring it about.
const SUSPECTED_FOR: Duration = Duration::from_secs(15 * 60);
/// The pause between two rechecks that nobody asked for.
const RECHECK_EVERY: Duration = Duration::from_secs(60);

/// Whether an endpoint holds, shared by its clones.
#[derive(Debug, Default)]
pub(super) struct Hold {
    looked: Mutex<Looked>,
    /// Whether a request was held since a proof last held.
    is_on: AtomicBool,
    rechecked: Mutex<Option<Instant>>,
}

/// What was seen at the last look.
#[derive(Debug, Clone, Copy, Default)]
struct Looked {
    at: Option<Instant>,
    /// In which run of refusals: a proof that holds begins another, and what was seen before it no longer counts.
    run: u64,
    is_held: bool,
    /// Since when the fault was suspected in this run.
    suspected: Option<Instant>,
}

impl Hold {
    fn looks(&self, run: u64, fault: impl FnOnce() -> Option<OwnFault>) -> bool {
        let now = Instant::now();
        // Nothing under the lock can leave it half done.
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.run != run {
            *looked = Looked { run, ..Looked::default() };
        }
        if looked.at.is_some_and(|at| now.saturating_duration_since(at) < COUNTS) {
            return looked.is_held;
        }
        looked.at = Some(now);
        looked.is_held = match fault() {
            None => false,
            Some(OwnFault::Proven) => true,
            Some(OwnFault::Suspected) => {
                let since = *looked.suspected.get_or_insert(now);
                now.saturating_duration_since(since) < SUSPECTED_FOR
            }
        };
        looked.is_held
    }

    /// Whether it is time for a recheck that nobody asked for.
    fn may_recheck(&self) -> bool {
        let now = Instant::now();
        let mut last = self.rechecked.lock().unwrap_or_else(PoisonError::into_inner);
        let may = last.is_none_or(|last| now.saturating_duration_since(last) >= RECHECK_EVERY);
        if may {
            *last = Some(now);
        }
        may
    }
}

impl Endpoint {
    /// Whether a request that is refused for this reason is to come again.
    #[cold]
    pub(crate) fn holds(&self, reason: Reason) -> bool {
        if !self.quarantine.holds || self.keeper().is_none() || !may_be_our_own_fault(reason) {
            return false;
        }
        let hold = &self.state.quarantine.hold;
        let is_held = hold.looks(self.state.vitals.mended(), || self.own_fault());
        if is_held && !hold.is_on.swap(true, Ordering::Relaxed) {
            tracing::error!(
                target: "hookporter",
                endpoint = &*self.name,
                "hold mode: refusals are our own fault, and their senders are told 503 until a proof holds"
            );
        }
        is_held
    }
}

/// A proof has held after refusals: where some of them were held, all that is kept is judged again, beside the requests.
#[cold]
pub(crate) fn ended(endpoint: &Arc<Endpoint>) {
    let hold = &endpoint.state.quarantine.hold;
    if !hold.is_on.load(Ordering::Relaxed) || !hold.may_recheck() {
        return;
    }
    hold.is_on.store(false, Ordering::Relaxed);
    tracing::info!(target: "hookporter", endpoint = &*endpoint.name, "hold mode has ended: a proof holds again");
    let Ok(runtime) = Handle::try_current() else { return };
    let endpoint = endpoint.clone();
    drop(runtime.spawn(async move {
        if let Err(error) = endpoint.recheck_identified(RefusedSelection::all()).await {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(target: "hookporter", endpoint = &*endpoint.name, source, "the recheck failed: {error}");
        }
    }));
}
