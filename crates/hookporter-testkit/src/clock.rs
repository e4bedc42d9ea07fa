//! A clock that a test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hookporter_core::{Clock, UnixTime};

/// A clock that stands still until a test moves it. Clones show the same time.
///
/// ```
/// use std::time::Duration;
/// use hookporter_core::{Clock, UnixTime};
/// use hookporter_testkit::ManualClock;
///
/// let clock = ManualClock::at(UnixTime::from_secs(1_700_000_000));
/// let receivers = clock.clone();
/// clock.advance(Duration::from_secs(301));
/// assert_eq!(receivers.now(), UnixTime::from_secs(1_700_000_301));
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock {
    /// Milliseconds since the epoch; shared by all clones.
    millis: Arc<AtomicI64>,
}

impl ManualClock {
    /// A clock that shows `moment`.
    #[must_use]
    pub fn at(moment: UnixTime) -> Self {
        Self { millis: Arc::new(AtomicI64::new(moment.as_millis())) }
    }

    /// Sets the clock, forwards or backwards.
    pub fn set(&self, moment: UnixTime) {
        self.millis.store(moment.as_millis(), Ordering::SeqCst);
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        let moved = |millis| Some(UnixTime::from_millis(millis).plus(by).as_millis());
        // The closure always returns a value, so there is no other outcome than success.
        let _ = self.millis.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.millis.load(Ordering::SeqCst))
    }
}
