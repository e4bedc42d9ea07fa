//! Telling other nodes.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::inbox::store::Queue;

/// Other nodes are told of new events at most this often.
const EVERY: Duration = Duration::from_millis(5);

/// When other nodes are told of new events: with those that come, where nothing was told for five milliseconds, and else once
/// these are over. Telling has its price, as in PostgreSQL a lock of the server's own, and everybody who hears it looks.
#[derive(Debug, Clone, Copy)]
pub struct Telling {
    last: Instant,
    /// Something is new of which they were not told.
    is_left: bool,
}

impl Telling {
    /// Nothing is new.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it begins now")]
    pub fn new() -> Self {
        Self { last: Instant::now(), is_left: false }
    }

    /// Whether others are told with the next events.
    #[must_use]
    pub fn is_time(&self) -> bool {
        self.last.elapsed() >= EVERY
    }

    /// Notes that something is new, and whether others are told of it and of all before.
    pub fn note(&mut self, is_told: bool) {
        self.is_left = !is_told;
        if is_told {
            self.last = Instant::now();
        }
    }

    /// Whether something is new of which others were not told.
    #[must_use]
    pub const fn is_left(&self) -> bool {
        self.is_left
    }

    /// Whether the next job tells for what is left, too, since it comes before it is time: waits that long for it. At once `false`
    /// where nothing is left.
    pub async fn goes_with_the_next(&self, queue: &Queue) -> bool {
        self.is_left && timeout(EVERY.saturating_sub(self.last.elapsed()), queue.pushed()).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbox::store::Job;

    #[tokio::test(start_paused = true)]
    async fn others_are_told_now_and_then_and_in_the_end() {
        let (mut telling, queue) = (Telling::new(), Queue::new(9, 9));
        let reply = tokio::sync::oneshot::channel().0;
        assert!(queue.push(Job { records: Vec::new(), weight: 1, reply }).is_ok());
        assert!(!telling.is_time() && !telling.goes_with_the_next(&queue).await, "nothing is new");
        tokio::time::advance(EVERY).await;
        assert!(telling.is_time());
        telling.note(true);
        assert!(!telling.is_time() && !telling.is_left());
        telling.note(false);
        let began = Instant::now();
        assert!(telling.goes_with_the_next(&queue).await && began.elapsed().is_zero());
        assert!(telling.is_left() && !telling.goes_with_the_next(&queue).await);
        // A timer is as fine as a millisecond.
        assert!((EVERY..EVERY * 2).contains(&began.elapsed()));
        telling.note(true);
        assert!(!telling.is_left());
    }
}
