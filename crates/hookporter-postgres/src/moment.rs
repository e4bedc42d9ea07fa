//! By whose clock events are due.

use std::sync::Arc;

use hookporter_core::{Clock, SystemClock, UnixTime};

/// The clock that leases and due times go by.
///
/// Several nodes have several clocks, and one that is ahead by more than a lease would take the others' events away from
/// them. So it is the database's, and what nodes say of moments counts by its distance from their own present only.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times {
    /// `None`: the database's.
    pub(crate) clock: Option<Arc<dyn Clock>>,
}

/// A moment, for the database: `coalesce(now, the database's present) + after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) now: Option<i64>,
    /// In milliseconds.
    pub(crate) after: i64,
}

impl Times {
    /// The present, which the caller says is `now`.
    pub(crate) fn present(&self, now: UnixTime) -> Moment {
        self.from(now, now)
    }

    /// The moment that the caller calls `then` at the moment that it calls `now`.
    pub(crate) fn from(&self, now: UnixTime, then: UnixTime) -> Moment {
        let after = then.as_millis().saturating_sub(now.as_millis());
        Moment { now: self.clock.as_ref().map(|_| now.as_millis()), after }
    }

    /// The moment that this node calls `then`.
    pub(crate) fn told(&self, then: UnixTime) -> Moment {
        match &self.clock {
            Some(_) => Moment { now: Some(then.as_millis()), after: 0 },
            None => self.from(SystemClock.now(), then),
        }
    }

    /// The present, by the clock that counts.
    pub(crate) fn now(&self) -> Moment {
        Moment { now: self.clock.as_ref().map(|clock| clock.now().as_millis()), after: 0 }
    }
}
