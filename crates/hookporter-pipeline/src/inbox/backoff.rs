//! How long a failed event waits.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

/// Waiting times that double up to a longest one, each drawn at random from zero up to that time.
///
/// Full jitter: events that failed together, as they do when something behind the handler is down, do not come back
/// together. Default: 10 s at first, at most one hour.
///
/// ```
/// use std::time::Duration;
/// use hookporter_pipeline::inbox::Backoff;
///
/// let backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(60));
/// assert_eq!(backoff.longest_after(1), Duration::from_secs(2));
/// assert_eq!(backoff.longest_after(4), Duration::from_secs(16));
/// assert_eq!(backoff.longest_after(400), Duration::from_secs(60));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
}

impl Backoff {
    /// At most `first` after the first attempt, twice as long after each further one, never more than `longest`.
    #[must_use]
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest }
    }

    /// The longest wait after this attempt, counted from 1.
    #[must_use]
    pub fn longest_after(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        self.first.saturating_mul(1_u32 << doublings).min(self.longest)
    }

    /// A wait after this attempt.
    pub(crate) fn after(&self, attempt: u32) -> Duration {
        let longest = u64::try_from(self.longest_after(attempt).as_millis()).unwrap_or(u64::MAX);
        // Each of the hasher's states is keyed at random.
        let random = RandomState::new().hash_one(attempt);
        Duration::from_millis(random.checked_rem(longest.saturating_add(1)).unwrap_or(0))
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new(Duration::from_secs(10), Duration::from_secs(3600))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_spread_over_the_whole_range() {
        let backoff = Backoff::new(Duration::from_millis(1000), Duration::from_secs(60));
        let waits: Vec<_> = (0..400).map(|_| backoff.after(3).as_millis()).collect();
        assert!(waits.iter().all(|wait| *wait <= 4000), "never longer than the longest");
        for quarter in 0..4 {
            let within = |wait: &&u128| (quarter * 1000..(quarter + 1) * 1000).contains(*wait);
            assert!(waits.iter().filter(within).count() > 40, "quarter {quarter}: {waits:?}");
        }
    }

    #[test]
    fn no_first_wait_means_none() {
        assert_eq!(Backoff::new(Duration::ZERO, Duration::from_secs(60)).after(9), Duration::ZERO);
    }
}
