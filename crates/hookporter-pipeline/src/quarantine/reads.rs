//! How many bodies are read that would not have been.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A sender whose clock or headers are off sends no more than this in a second, as a rule; a stranger may send anything.
const PER_SECOND: u32 = 20;
/// A slow upload keeps its place until the deadline for bodies.
const AT_ONCE: usize = 8;

/// The bodies of requests that were refused by their head, and are read only to be kept.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// When this second began, and how many it has had.
    second: Mutex<Option<(Instant, u32)>>,
    under_way: AtomicUsize,
}

impl Reads {
    /// The right to read one, if there is any left.
    pub(super) fn begin(&self) -> Option<Reading<'_>> {
        let reading = Reading(self);
        if self.under_way.fetch_add(1, Ordering::Relaxed) >= AT_ONCE {
            return None;
        }
        let now = Instant::now();
        // Nothing under the lock can leave it half done.
        let mut second = self.second.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = second
            .filter(|(since, _)| now.saturating_duration_since(*since) < Duration::from_secs(1))
            .unwrap_or((now, 0));
        *second = Some((since, count.saturating_add(1)));
        drop(second);
        (count < PER_SECOND).then_some(reading)
    }
}

/// A body that is being read.
pub(super) struct Reading<'r>(&'r Reads);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn twenty_a_second_and_eight_at_a_time() {
        let reads = Reads::default();
        let slow: Vec<_> = (0..AT_ONCE).map(|_| reads.begin().unwrap()).collect();
        assert!(reads.begin().is_none(), "the ninth at a time");
        drop(slow);
        let quick = (0..100).filter(|_| reads.begin().is_some()).count();
        assert_eq!(quick, 20 - AT_ONCE);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!((0..100).filter(|_| reads.begin().is_some()).count(), 20, "the next second");
    }
}
