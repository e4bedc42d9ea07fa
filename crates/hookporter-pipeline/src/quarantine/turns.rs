//! Taking what waits to be kept, a little at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::inbox::store::NowAndThen;
use crate::operating::RefusedRequest;
use crate::quarantine::RefusedQueue;

/// What is taken in one turn.
const MOST: usize = 100;
const MOST_BYTES: usize = 1024 * 1024;
/// The pause between two of them: a flood of strangers costs a store four syncs a second and no more.
const PAUSE: Duration = Duration::from_millis(250);

/// For authors of stores: when a store takes what waits in a [`RefusedQueue`], a little at a time behind everything else, and what
/// is said in the log of those that are lost.
#[derive(Debug)]
pub struct RefusedTurns {
    queue: Arc<RefusedQueue>,
    due: Instant,
    /// Taken, and not kept yet.
    taken: u64,
    /// Lost, and not told yet.
    lost: u64,
    said: NowAndThen,
}

impl RefusedTurns {
    /// For this queue; the first turn is due at once.
    #[must_use]
    pub fn new(queue: Arc<RefusedQueue>) -> Self {
        Self { queue, due: Instant::now(), taken: 0, lost: 0, said: NowAndThen::default() }
    }

    /// The queue.
    #[must_use]
    pub fn queue(&self) -> &RefusedQueue {
        &self.queue
    }

    /// How long until there is something to do, at the most.
    #[must_use]
    pub fn patience(&self) -> Duration {
        if self.queue.is_empty() { Duration::MAX } else { self.due.saturating_duration_since(Instant::now()) }
    }

    /// Whether something waits, and it is time for the next turn.
    #[must_use]
    pub fn is_due(&self) -> bool {
        !self.queue.is_empty() && Instant::now() >= self.due
    }

    /// Begins a turn: the next one is due a quarter of a second later, also where this one fails.
    pub fn begin(&mut self) {
        let now = Instant::now();
        self.due = now.checked_add(PAUSE).unwrap_or(now);
    }

    /// Takes the next few. Without [`RefusedTurns::kept`] they count as lost.
    #[must_use]
    pub fn take(&mut self) -> Vec<RefusedRequest> {
        let requests = self.queue.take(MOST, MOST_BYTES);
        self.taken = self.taken.saturating_add(u64::try_from(requests.len()).unwrap_or(u64::MAX));
        requests
    }

    /// Those that were taken are kept.
    pub const fn kept(&mut self) {
        self.taken = 0;
    }

    /// How many were lost of which the log does not tell yet.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.lost
    }

    /// Says now and then how many were lost.
    pub fn tell(&mut self, why: &str) {
        let lost = std::mem::take(&mut self.taken).saturating_add(self.queue.take_lost());
        self.lost = self.lost.saturating_add(lost);
        if self.lost > 0 && self.said.is_time() {
            let requests = std::mem::take(&mut self.lost);
            tracing::warn!(target: "hookporter", requests, "refused requests were not kept: {why}");
        }
    }

    /// Keeps nothing more until the queue is switched on again: what waits is lost, which is said.
    pub fn stop(&mut self, why: &str) {
        self.queue.switch_off(true);
        self.tell(why);
    }

    /// The same for good, said though something was said a moment before.
    pub fn end(&mut self, why: &str) {
        self.said = NowAndThen::default();
        self.stop(why);
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use hookporter_core::{Reason, UnixTime};

    use super::*;
    use crate::TraceId;
    use crate::quarantine::Bounds;

    fn request() -> RefusedRequest {
        RefusedRequest {
            trace: TraceId::from_bits(1),
            endpoint: "acme".to_owned(),
            reason: Reason::InvalidSignature,
            detail: String::new(),
            arrived_at: UnixTime::from_secs(0),
            method: "POST".to_owned(),
            target: "/".to_owned(),
            reached_proof: true,
            headers: Vec::new(),
            body: Bytes::from_static(b"{}"),
            peer: None,
            sealed_by: None,
        }
    }

    fn turns(waiting: usize) -> RefusedTurns {
        let queue = RefusedQueue::new(Bounds { requests: 1000, bytes: 1_000_000 });
        for _ in 0..waiting {
            queue.push(request());
        }
        RefusedTurns::new(Arc::new(queue))
    }

    #[tokio::test(start_paused = true)]
    async fn turns_are_small_and_have_pauses() {
        let mut turns = turns(MOST + 1);
        assert!(turns.is_due() && turns.patience().is_zero());
        turns.begin();
        assert_eq!(turns.take().len(), MOST);
        assert!(!turns.is_due() && turns.patience() == PAUSE);
        tokio::time::advance(PAUSE).await;
        assert!(turns.is_due());
        assert_eq!(turns.take().len(), 1);
        assert!(!turns.is_due() && turns.patience() == Duration::MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_taken_is_lost_unless_it_was_kept() {
        let mut turns = turns(MOST + 7);
        assert!(turns.said.is_time());
        let _ = turns.take();
        turns.kept();
        turns.tell("kept");
        assert_eq!(turns.lost(), 0);
        let _ = turns.take();
        turns.tell("not kept");
        assert_eq!(turns.lost(), 7);
        turns.queue().push(request());
        turns.stop("stopped");
        assert_eq!(turns.lost(), 8);
        assert!(!turns.queue().push(request()));
        turns.end("said at once");
        assert_eq!(turns.lost(), 0);
    }
}
