//! How often a source may be asked for what nobody vouches for.

use std::time::Duration;

use tokio::time::Instant;

/// A store of permissions that fills again with time.
#[derive(Debug)]
pub(super) struct Allowance {
    most: u32,
    left: u32,
    /// One permission comes back in this time.
    each: Duration,
    /// Up to when permissions came back.
    filled: Option<Instant>,
}

impl Allowance {
    /// `most` at once, and as many in a minute.
    pub(super) fn per_minute(most: u32) -> Self {
        let most = most.max(1);
        let each = Duration::from_secs(60).checked_div(most).unwrap_or(Duration::from_secs(60));
        Self { most, left: most, each, filled: None }
    }

    /// Takes one permission, if there is any at `now`.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let filled = *self.filled.get_or_insert(now);
        let passed = now.saturating_duration_since(filled);
        let back = passed.as_millis().checked_div(self.each.as_millis().max(1)).unwrap_or(0);
        let back = u32::try_from(back).unwrap_or(u32::MAX);
        self.left = self.left.saturating_add(back).min(self.most);
        self.filled = if self.left == self.most {
            Some(now)
        } else {
            filled.checked_add(self.each.saturating_mul(back)).or(Some(now))
        };
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_comes_back_with_time_and_never_more() {
        let start = Instant::now();
        let after = |seconds: u64| start + Duration::from_secs(seconds);
        let mut allowance = Allowance::per_minute(6);
        let mut taken = |seconds| (0..20).filter(|_| allowance.take(after(seconds))).count();
        assert_eq!(taken(0), 6);
        assert_eq!(taken(9), 0);
        assert_eq!(taken(10), 1);
        assert_eq!(taken(19), 0);
        assert_eq!(taken(31), 2);
        assert_eq!(taken(10_000), 6);
        // A clock that stands still or goes back gives nothing.
        assert_eq!(taken(0), 0);
    }
}
