//! Which event a request brought, from its commit until its note is written down.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::trace::TraceId;

/// A note comes a moment after the commit; more than this many do not come in between.
const MOST: usize = 16_384;

/// The numbers of events by the traces of the requests that brought them. Only whoever writes looks at them.
#[derive(Debug, Default)]
pub(super) struct Numbers(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    by_trace: HashMap<TraceId, i64>,
    /// The oldest first; some are taken already.
    order: VecDeque<TraceId>,
}

impl Numbers {
    pub(super) fn note(&self, trace: TraceId, event: i64) {
        let mut kept = self.lock();
        if kept.order.len() >= MOST
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.by_trace.remove(&oldest);
        }
        if kept.by_trace.insert(trace, event).is_none() {
            kept.order.push_back(trace);
        }
    }

    pub(super) fn take(&self, trace: TraceId) -> Option<i64> {
        self.lock().by_trace.remove(&trace)
    }

    pub(super) fn of(&self, trace: TraceId) -> Option<i64> {
        self.lock().by_trace.get(&trace).copied()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // Nothing under the lock can leave it half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_ones_are_kept_and_each_is_taken_once() {
        let numbers = Numbers::default();
        let most = u64::try_from(MOST).unwrap();
        (0..=most).for_each(|at| numbers.note(TraceId::from_bits(at), i64::try_from(at).unwrap()));
        assert_eq!(numbers.take(TraceId::from_bits(0)), None);
        assert_eq!(numbers.take(TraceId::from_bits(most)), i64::try_from(most).ok());
        assert_eq!(numbers.take(TraceId::from_bits(most)), None);
        assert_eq!(numbers.lock().order.len(), MOST);
    }
}
