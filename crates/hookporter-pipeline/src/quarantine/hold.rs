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
/// How long after the proof that holds it begins: what was kept a moment before may still be on its way to the store.
const RECHECK_AFTER: Duration = Duration::from_secs(1);

/// Whether an endpoint holds, shared by its clones.
#[derive(Debug, Default)]
pub(super) struct Hold {
    looked: Mutex<Looked>,
    /// Whether a request was held since a proof last held.
    is_on: AtomicBool,
    /// When the last recheck that nobody asked for began, or is to begin.
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

    /// When a recheck that nobody asked for is to begin; `None` where one is to come that sees all that is kept by now.
    fn next_recheck(&self) -> Option<Instant> {
        let soon = Instant::now().checked_add(RECHECK_AFTER)?;
        let mut last = self.rechecked.lock().unwrap_or_else(PoisonError::into_inner);
        let due = match *last {
            Some(last) if last >= soon => return None,
            Some(last) => last.checked_add(RECHECK_EVERY)?.max(soon),
            None => soon,
        };
        *last = Some(due);
        Some(due)
    }
}

impl Endpoint {
    /// Whether a request that is refused for this reason is to come again.
    #[cold]
    pub(crate) fn holds(&self, reason: Reason) -> bool {
        // Of tenants that there are not, no refusal shows a fault; but whoever is told otherwise than the others learns which there
        // are.
        let may_be_held = may_be_our_own_fault(reason) || reason == Reason::UnknownTenant;
        // Whether the quarantine has room is not asked: where nothing is kept the sender's retry is all that there is.
        if !self.quarantine.holds || self.keeper().is_none() || !may_be_held {
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
    // A load before the write, for the many that hold nothing.
    if !hold.is_on.load(Ordering::Relaxed) || !hold.is_on.swap(false, Ordering::Relaxed) {
        return;
    }
    tracing::info!(target: "hookporter", endpoint = &*endpoint.name, "hold mode has ended: a proof holds again");
    let Ok(runtime) = Handle::try_current() else { return };
    let Some(due) = hold.next_recheck() else { return };
    let endpoint = endpoint.clone();
    drop(runtime.spawn(async move {
        tokio::time::sleep_until(due).await;
        if let Err(error) = endpoint.recheck_identified(RefusedSelection::all()).await {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(target: "hookporter", endpoint = &*endpoint.name, source, "the recheck failed: {error}");
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_hold_that_ends_soon_after_another_is_rechecked_when_the_pause_is_over() {
        let (hold, start) = (Hold::default(), Instant::now());
        let next = || hold.next_recheck().map(|due| due.saturating_duration_since(start).as_secs());
        assert_eq!(next(), Some(1), "what was just kept is in the store by then");
        assert_eq!(next(), None, "it is to come");
        tokio::time::advance(Duration::from_millis(900)).await;
        assert_eq!(next(), Some(61), "it may come too early for what was just kept");
        assert_eq!(next(), None);
        tokio::time::advance(Duration::from_secs(70)).await;
        assert_eq!(next(), Some(121));
        tokio::time::advance(Duration::from_secs(600)).await;
        assert_eq!(next(), Some(671));
    }
}
