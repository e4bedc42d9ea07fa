//! Time: a moment since the Unix epoch, and the clock it is read from.

use std::fmt;
use std::time::Duration;
#[cfg(not(target_os = "linux"))]
use std::time::{SystemTime, UNIX_EPOCH};

/// A moment, in milliseconds since the Unix epoch; negative before 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime {
    millis: i64,
}

impl UnixTime {
    /// The moment `seconds` after the epoch; saturates far outside any real date.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self { millis: seconds.saturating_mul(1000) }
    }

    /// The moment `millis` milliseconds after the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self { millis }
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.millis.div_euclid(1000)
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.millis
    }

    /// This moment and `after` more; saturates.
    #[must_use]
    #[inline]
    pub fn plus(self, after: Duration) -> Self {
        Self { millis: self.millis.saturating_add(whole_millis(after)) }
    }

    /// This moment less `before`; saturates.
    #[must_use]
    #[inline]
    pub fn minus(self, before: Duration) -> Self {
        Self { millis: self.millis.saturating_sub(whole_millis(before)) }
    }

    /// How far this moment lies after `earlier`; zero if it does not.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        let millis = self.millis.saturating_sub(earlier.millis);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }
}

#[inline]
fn whole_millis(duration: Duration) -> i64 {
    let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    seconds.saturating_mul(1000).saturating_add(i64::from(duration.subsec_millis()))
}

impl fmt::Debug for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnixTime({}.{:03})", self.as_secs(), self.millis.rem_euclid(1000))
    }
}

/// Where the time comes from.
///
/// The one clock of an endpoint; tests and replays of captured requests set their own.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> UnixTime;
}

/// The machine's wall clock.
///
/// On Linux the one that the kernel moves on with every tick, 1 to 10 ms: all that freshness asks for is the second.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "a name for the machine's clock, with nothing to add")]
pub struct SystemClock;

impl Clock for SystemClock {
    #[cfg(target_os = "linux")]
    fn now(&self) -> UnixTime {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
        UnixTime { millis: now.tv_sec.saturating_mul(1000).saturating_add(now.tv_nsec / 1_000_000) }
    }

    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> UnixTime {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => UnixTime::from_millis(whole_millis(since)),
            Err(before) => UnixTime::from_millis(whole_millis(before.duration()).saturating_neg()),
        }
    }
}

/// A clock that stands still: captured requests are judged at the moment they were made.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "a frozen clock is its moment and nothing else")]
pub struct FrozenClock(pub UnixTime);

impl Clock for FrozenClock {
    fn now(&self) -> UnixTime {
        self.0
    }
}
