//! Freshness: how far a timestamp may lie from our clock, in the past and in the future.

use std::time::Duration;

use crate::{ConfigError, Evidence, Reason, Rejection, UnixTime};

/// How old, and how far ahead, a delivery's timestamp may be.
///
/// Default: 300 s in the past and 300 s in the future, what Standard Webhooks and Slack's own libraries use. A preset
/// brings the bounds that its sender documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    past: Duration,
    future: Duration,
}

/// Longer than any sender's documented window; a longer one would be no check at all.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

impl Tolerance {
    /// 300 s in both directions.
    pub const DEFAULT: Self = Self::of_secs(300, 300);

    pub(crate) const fn of_secs(past: u64, future: u64) -> Self {
        Self { past: Duration::from_secs(past), future: Duration::from_secs(future) }
    }

    /// Bounds of your own, each from one second to seven days.
    ///
    /// # Errors
    /// [`ConfigError::Tolerance`] for a bound outside that range: zero refuses everything, and an endless one is
    /// switched off by name instead.
    pub fn new(past: Duration, future: Duration) -> Result<Self, ConfigError> {
        for bound in [past, future] {
            if bound < Duration::from_secs(1) || bound > LONGEST {
                return Err(ConfigError::Tolerance { seconds: bound.as_secs() });
            }
        }
        Ok(Self { past, future })
    }

    /// How old a timestamp may be.
    #[must_use]
    pub const fn past(self) -> Duration {
        self.past
    }

    /// How far ahead a timestamp may be.
    #[must_use]
    pub const fn future(self) -> Duration {
        self.future
    }

    /// How long a captured request can be accepted at the most: the sum of both bounds.
    #[must_use]
    pub const fn window(self) -> Duration {
        self.past.saturating_add(self.future)
    }

    /// Judges `sent` at the moment `now`. Both bounds are inclusive, to the second.
    #[inline]
    pub(crate) fn check(self, sent: UnixTime, now: UnixTime) -> Result<(), Rejection> {
        // Within the bounds to the millisecond is within them to the second; only the last second takes a second look.
        let fresh = now.minus(self.past) <= sent && sent <= now.plus(self.future);
        if fresh { Ok(()) } else { self.check_seconds(sent, now) }
    }

    fn check_seconds(self, sent: UnixTime, now: UnixTime) -> Result<(), Rejection> {
        let seconds = sent.as_secs().saturating_sub(now.as_secs());
        let (reason, bound) = if seconds < 0 {
            (Reason::TimestampTooOld, self.past.as_secs())
        } else {
            (Reason::TimestampTooNew, self.future.as_secs())
        };
        if seconds.unsigned_abs() <= bound {
            return Ok(());
        }
        Err(Rejection::new(reason).with_evidence(Evidence::Skew { seconds, bound }))
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bounds_are_inclusive_and_no_moment_overflows() {
        let tolerance = Tolerance::of_secs(300, 60);
        let now = UnixTime::from_secs(1_700_000_000);
        let judge =
            |seconds: i64| tolerance.check(UnixTime::from_secs(1_700_000_000 + seconds), now).map_err(|r| r.kind());
        assert_eq!(judge(-300), Ok(()));
        assert_eq!(judge(-301), Err(Reason::TimestampTooOld));
        assert_eq!(judge(60), Ok(()));
        assert_eq!(judge(61), Err(Reason::TimestampTooNew));
        for extreme in [i64::MIN, i64::MAX] {
            assert!(tolerance.check(UnixTime::from_millis(extreme), now).is_err());
            assert!(tolerance.check(now, UnixTime::from_millis(extreme)).is_err());
        }
    }

    #[test]
    fn zero_and_endless_do_not_build() {
        let second = Duration::from_secs(1);
        assert!(Tolerance::new(Duration::ZERO, second).is_err());
        assert!(Tolerance::new(second, Duration::MAX).is_err());
        assert!(Tolerance::new(second, LONGEST).is_ok());
    }
}
