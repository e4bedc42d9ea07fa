//! By whose clock events are due.

use std::sync::Arc;

use hookporter_core::{Clock, SystemClock, UnixTime};

/// The clock that leases and due times go by.
///
/// Several nodes have several clocks, and one that is ahead by more than a lease would take the others' events away from
/// them. So it is the server's, and what nodes say of moments counts by its distance from their own present only.
#[derive(Debug, Clone, Default)]
pub struct Times {
    /// `None`: the server's.
    clock: Option<Arc<dyn Clock>>,
}

/// A moment, for the server: `now`, or else the server's present, and `after` behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "read by stores")]
pub struct Moment {
    /// In milliseconds; `None`: the server's present.
    pub now: Option<i64>,
    /// In milliseconds.
    pub after: i64,
}

impl Times {
    /// By this clock, and by what nodes tell, rather than by the server's: for tests.
    #[must_use]
    pub fn of(clock: impl Clock) -> Self {
        Self { clock: Some(Arc::new(clock)) }
    }

    /// Whether moments are by a clock that was given.
    #[must_use]
    pub const fn is_given(&self) -> bool {
        self.clock.is_some()
    }

    /// The present, which the caller says is `now`.
    #[must_use]
    pub fn present(&self, now: UnixTime) -> Moment {
        self.from(now, now)
    }

    /// The moment that the caller calls `then` at the moment that it calls `now`.
    #[must_use]
    pub fn from(&self, now: UnixTime, then: UnixTime) -> Moment {
        let after = then.as_millis().saturating_sub(now.as_millis());
        Moment { now: self.clock.as_ref().map(|_| now.as_millis()), after }
    }

    /// The moment that this node calls `then`.
    #[must_use]
    pub fn told(&self, then: UnixTime) -> Moment {
        match &self.clock {
            Some(_) => Moment { now: Some(then.as_millis()), after: 0 },
            None => self.from(SystemClock.now(), then),
        }
    }

    /// The present, by the clock that counts.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment { now: self.clock.as_ref().map(|clock| clock.now().as_millis()), after: 0 }
    }
}
