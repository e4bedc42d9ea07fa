//! Time: a moment since the Unix epoch, and the clock it is read from.

use std::fmt;
use std::str::FromStr;
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

/// As RFC 3339 in UTC, with milliseconds: `2026-11-26T12:00:00.000Z`. Moments outside of the years 0 to 9999, which no real
/// clock shows, as seconds since the epoch.
impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const FIRST: i64 = -62_167_219_200;
        const LAST: i64 = 253_402_300_799;
        let seconds = self.as_secs();
        if !(FIRST..=LAST).contains(&seconds) {
            return write!(f, "{seconds} s");
        }
        let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        let (hour, minute, second) =
            (of_day.div_euclid(3600), of_day.rem_euclid(3600).div_euclid(60), of_day.rem_euclid(60));
        let millis = self.millis.rem_euclid(1000);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

/// A text is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotAMoment;

impl fmt::Display for NotAMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a moment is written as in `2026-11-26T12:00:00Z`")
    }
}

impl std::error::Error for NotAMoment {}

/// Of RFC 3339, from 1970 on; what lies beyond the milliseconds is cut off.
impl FromStr for UnixTime {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        crate::scheme::timestamp::rfc3339(text.as_bytes()).ok_or(NotAMoment)
    }
}

/// Year, month and day of a day since the epoch (Howard Hinnant, "chrono-compatible low-level date algorithms").
#[expect(clippy::arithmetic_side_effects, reason = "the caller bounds the days to ten thousand years")]
const fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_as_people_write_it() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_123, "2000-02-29T00:00:00.123Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_700_000_000_000, "2023-11-14T22:13:20.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "253402300800 s"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (i64::MIN, "-9223372036854776 s"),
        ] {
            assert_eq!(UnixTime::from_millis(millis).to_string(), text);
            let is_read = (0..253_402_300_800_000).contains(&millis);
            assert_eq!(
                text.parse(),
                if is_read { Ok(UnixTime::from_millis(millis)) } else { Err(NotAMoment) },
                "{text}"
            );
        }
        assert_eq!("2000-02-29T02:00:00.1239+02:00".parse(), Ok(UnixTime::from_millis(951_782_400_123)));
    }
}
