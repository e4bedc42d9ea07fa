//! Which refused requests are examined, and when: in the process one at a time, whatever strangers send.
//!
//! An endpoint examines two a second at the most: one that reached the proof, and one that did not, so that a flood without
//! proofs does not keep out what the sender has signed. The first of a pause is examined at once; of those that come meanwhile
//! one is kept, each as likely as the other, so that nobody who sends a little all the time keeps out the rest.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookporter_core::diagnosis::Certainty;
use hookporter_core::{Reason, Stage};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::endpoint::State;
use crate::examine::Refused;
use crate::health::LikelyCause;

/// The pause between two examinations of one kind.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a surer cause stands against a less sure one.
const STANDS: Duration = Duration::from_secs(300);
/// Whose turn it is in the process. Whoever waits is served in order.
pub(crate) static TURN: Semaphore = Semaphore::const_new(1);

/// How far a refused request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    /// Its proof was judged: it may be the sender's own.
    Proof,
    /// It was refused before that.
    Papers,
}

/// A cause, how sure it is, and in which run of refusals it was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) certainty: Certainty,
    pub(crate) cause: LikelyCause,
    pub(crate) run: u64,
}

/// Examinations to come, and what the last one found; shared by an endpoint's clones.
#[derive(Debug, Default)]
pub(crate) struct Examinations {
    of_proofs: Mutex<Slot>,
    of_papers: Mutex<Slot>,
    found: Mutex<Option<Found>>,
}

#[derive(Debug, Default)]
struct Slot {
    /// Whether a task waits to examine, or does.
    is_running: bool,
    /// When the last examination began.
    last: Option<Instant>,
    /// How many requests came since.
    came: u64,
    /// The one of them that is examined next.
    candidate: Option<Refused>,
}

impl Reached {
    pub(crate) const fn of(reason: Reason) -> Self {
        if matches!(reason.stage(), Stage::Proof) { Self::Proof } else { Self::Papers }
    }
}

impl Examinations {
    /// What is known of the refusals of this run.
    pub(crate) fn found(&self, run: u64) -> Option<LikelyCause> {
        let found = lock(&self.found);
        found.as_ref().filter(|found| found.run == run).map(|found| found.cause.clone())
    }

    /// Counts a request, and says whether it is to be the next that is examined.
    pub(crate) fn chooses(&self, reached: Reached) -> bool {
        let mut slot = lock(self.slot(reached));
        slot.came = slot.came.saturating_add(1);
        // A new one has keys of its own that nobody knows: what it says of a number is chance.
        slot.candidate.is_none() || RandomState::new().hash_one(slot.came).checked_rem(slot.came) == Some(0)
    }

    fn slot(&self, reached: Reached) -> &Mutex<Slot> {
        match reached {
            Reached::Proof => &self.of_proofs,
            Reached::Papers => &self.of_papers,
        }
    }

    /// Notes what was found. What a stranger sends does not take the place of what the sender's own requests have just shown.
    fn note(&self, new: Found) {
        let mut last = lock(&self.found);
        let stays = last.as_ref().is_some_and(|last| {
            // Later than the new one it is since the clock was set back: nobody knows how long it has stood.
            let stands = last.cause.at <= new.cause.at && new.cause.at.since(last.cause.at) < STANDS;
            last.run == new.run && last.certainty < new.certainty && stands
        });
        if !stays {
            *last = Some(new);
        }
    }
}

/// Has a request that was chosen examined when it is time.
pub(crate) fn offer(state: &Arc<State>, reached: Reached, refused: Refused, runtime: &Handle) {
    let mut slot = lock(state.examinations.slot(reached));
    let replaced = slot.candidate.replace(refused);
    let is_running = std::mem::replace(&mut slot.is_running, true);
    drop(slot);
    drop(replaced);
    if !is_running {
        let running = Running { state: state.clone(), reached, has_ended: false };
        drop(runtime.spawn(running.run()));
    }
}

/// The task of one slot. However it ends, by a panic or with its runtime, the slot is free then.
struct Running {
    state: Arc<State>,
    reached: Reached,
    has_ended: bool,
}

impl Running {
    async fn run(mut self) {
        while let Some(due) = self.due() {
            if due > Instant::now() {
                tokio::time::sleep_until(due).await;
            }
            let Ok(turn) = TURN.acquire().await else { return };
            let Some(refused) = self.next() else { return };
            let examined = tokio::task::spawn_blocking(move || {
                // Its turn lasts as long as the thread is at work, though nobody may wait for it any more.
                let _turn = turn;
                refused.examined()
            });
            // An error is a panic.
            if let Ok(Some(found)) = examined.await {
                self.state.examinations.note(found);
            }
        }
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        lock(self.state.examinations.slot(self.reached))
    }

    /// When the next examination may begin; the end where there is none.
    fn due(&mut self) -> Option<Instant> {
        let mut slot = lock(self.state.examinations.slot(self.reached));
        if slot.candidate.is_none() {
            slot.is_running = false;
            self.has_ended = true;
            return None;
        }
        let now = Instant::now();
        Some(slot.last.and_then(|last| last.checked_add(PAUSE)).unwrap_or(now))
    }

    fn next(&self) -> Option<Refused> {
        let mut slot = self.slot();
        slot.last = Some(Instant::now());
        slot.came = 0;
        slot.candidate.take()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.has_ended {
            let mut slot = self.slot();
            slot.is_running = false;
            let left = slot.candidate.take();
            drop(slot);
            drop(left);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing under these locks can leave it half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use hookporter_core::{FrozenClock, Secret, UnixTime};

    use super::*;
    use crate::health::OwnFault;
    use crate::{BoxError, Endpoint, Event, receive};

    #[tokio::test]
    async fn while_one_is_examined_the_others_wait_and_what_they_hold_is_counted() {
        let endpoint = Endpoint::github(Secret::new("a long and random secret")).unwrap();
        let endpoint = Arc::new(endpoint.otherwise(|_: Event| async { Ok::<_, BoxError>(()) }));
        let request = hookporter_testkit::github("a secret of nobody's at all").event("push").body("{}").build();
        let is_found = || endpoint.state.examinations.found(0).is_some();
        let turn = TURN.acquire().await.unwrap();
        drop(receive(&endpoint, &request.head(), None, &mut Some(request.body().clone())).await);
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(!is_found());
        assert!(crate::examine::waiting_bytes() > request.body().len());
        drop(turn);
        while !is_found() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(crate::examine::waiting_bytes(), 0);
    }

    #[tokio::test]
    async fn what_was_proven_before_the_clock_was_set_back_is_not_recent() {
        let now = UnixTime::from_secs(1_700_000_000);
        let endpoint = Endpoint::github(Secret::new("a long and random secret")).unwrap().clock(FrozenClock(now));
        let found = |after: u64, certainty| {
            let at = now.plus(Duration::from_secs(after));
            let is_proven = certainty == Certainty::Proven;
            let cause = LikelyCause { at, cause: "other-keys".into(), is_proven, message: String::new() };
            Found { certainty, cause, run: 0 }
        };
        endpoint.state.examinations.note(found(0, Certainty::Proven));
        assert_eq!(endpoint.own_fault(), Some(OwnFault::Proven));
        *lock(&endpoint.state.examinations.found) = Some(found(3600, Certainty::Proven));
        assert_eq!(endpoint.own_fault(), None);
        endpoint.state.examinations.note(found(0, Certainty::Likely));
        assert!(endpoint.state.examinations.found(0).is_some_and(|cause| !cause.is_proven), "nor does it stand");
    }
}
