//! Which event a request brought, from its commit until its note is written down.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::trace::TraceId;

/// A note comes a moment after the commit; more than this many do not come in between.
const MOST: usize = 16_384;

/// What a request brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct Brought {
    /// The number of its event, or of the first of several.
    pub event: i64,
    /// Whether that event, and nothing else, came with it, and the store reads there what the request's row does not have.
    pub is_new: bool,
}

/// The events by the traces of the requests that brought them. They are few, and soon taken.
#[derive(Debug, Default)]
pub(super) struct Numbers(Mutex<Kept>);

type ByTrace = HashMap<TraceId, Brought, BuildHasherDefault<Mixed>>;

/// In two generations, so that no order has to be kept: the older one goes when the younger one is full.
#[derive(Debug, Default)]
struct Kept {
    young: ByTrace,
    old: ByTrace,
}

/// The bits of a trace are mixed already, and no sender chooses them.
#[derive(Debug, Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn write_u64(&mut self, bits: u64) {
        self.0 = bits;
    }

    /// For nothing that is here, but a hasher must hash everything.
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Numbers {
    pub(super) fn note(&self, trace: TraceId, brought: Brought) {
        let mut kept = self.lock();
        if kept.young.len() >= MOST {
            kept.old = std::mem::take(&mut kept.young);
        }
        kept.young.insert(trace, brought);
    }

    /// What this one brought; it is told once.
    pub(super) fn take(&self, trace: TraceId) -> Option<Brought> {
        let mut kept = self.lock();
        kept.young.remove(&trace).or_else(|| kept.old.remove(&trace))
    }

    /// What this one brought, if that is new; it is told once.
    pub(super) fn take_new(&self, trace: TraceId) -> Option<Brought> {
        let Kept { young, old } = &mut *self.lock();
        let kept = if young.contains_key(&trace) { young } else { old };
        kept.get(&trace).filter(|brought| brought.is_new)?;
        kept.remove(&trace)
    }

    pub(super) fn of(&self, trace: TraceId) -> Option<i64> {
        let kept = self.lock();
        kept.young.get(&trace).or_else(|| kept.old.get(&trace)).map(|brought| brought.event)
    }

    /// The event of this number is not any more what the request brought; `None`: nor is any.
    pub(super) fn is_not_new(&self, event: Option<i64>) {
        let Kept { young, old } = &mut *self.lock();
        let all = young.values_mut().chain(old.values_mut());
        all.filter(|brought| event.is_none_or(|event| event == brought.event))
            .for_each(|brought| brought.is_new = false);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // Nothing under the lock can leave it half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(event: usize) -> Brought {
        Brought { event: i64::try_from(event).unwrap(), is_new: true }
    }

    fn trace(at: usize) -> TraceId {
        TraceId::from_bits(u64::try_from(at).unwrap())
    }

    #[test]
    fn the_last_ones_are_kept_and_no_more_than_twice_as_many_and_each_is_taken_once() {
        let numbers = Numbers::default();
        (0..=MOST * 2).for_each(|at| numbers.note(trace(at), new(at)));
        let asked = [0, MOST + 1, MOST * 2, MOST * 2].map(trace);
        assert_eq!(numbers.of(trace(MOST + 1)), Some(new(MOST + 1).event));
        assert_eq!(asked.map(|trace| numbers.take(trace)), [None, Some(new(MOST + 1)), Some(new(MOST * 2)), None]);
        let kept = numbers.lock();
        assert_eq!((kept.young.len(), kept.old.len()), (0, MOST - 1));
    }

    #[test]
    fn what_has_changed_since_is_not_new_any_more() {
        let numbers = Numbers::default();
        (1..=4).for_each(|at| numbers.note(trace(at), new(at)));
        numbers.is_not_new(Some(1));
        assert_eq!((numbers.take_new(trace(1)), numbers.take_new(trace(2))), (None, Some(new(2))));
        numbers.is_not_new(None);
        assert_eq!((numbers.take_new(trace(3)), numbers.take_new(trace(2))), (None, None));
        assert_eq!(numbers.take(trace(3)), Some(Brought { event: 3, is_new: false }));
    }
}
