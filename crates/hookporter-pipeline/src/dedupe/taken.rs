//! The events that were taken, and how long each is remembered.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use tokio::time::Instant;

/// What tenant and event come to under two secret hash keys of a store: 128 bits that no sender can aim at, kept in place. A
/// hundred thousand of them are a few megabytes, and finding one is a look at one place in memory.
pub(super) type Key = u128;

/// By key, in place.
pub(super) type ByKey<T> = HashMap<Key, T, BuildHasherDefault<AsItIs>>;

/// Keys are hashes already.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, _) = bytes.as_chunks::<8>();
        self.0 = words.iter().fold(self.0, |all, word| all ^ u64::from_ne_bytes(*word));
    }
}

/// Two generations: when the young one is full, or its first event is over, it becomes the old one, and what was old is
/// forgotten together. Forgetting events one by one would cost each of them a look at a place of memory that no cache has.
#[derive(Debug)]
pub(super) struct Taken {
    young: Generation,
    old: Generation,
    /// How many a generation holds.
    capacity: usize,
    evictions: u64,
}

#[derive(Debug, Default)]
struct Generation {
    until: ByKey<Instant>,
    /// The first moment at which one of it is over.
    first: Option<Instant>,
    /// When all of it is over.
    last: Option<Instant>,
}

impl Taken {
    pub(super) fn new(capacity: usize) -> Self {
        Self { young: Generation::default(), old: Generation::default(), capacity, evictions: 0 }
    }

    /// Whether an event is remembered at the moment `now`.
    pub(super) fn has(&self, key: Key, now: Instant) -> bool {
        let has = |generation: &Generation| generation.until.get(&key).is_some_and(|until| *until > now);
        has(&self.young) || has(&self.old)
    }

    /// Remembers an event from `now` on.
    pub(super) fn remember(&mut self, key: Key, until: Instant, now: Instant) {
        let is_over = self.young.first.is_some_and(|first| first <= now);
        if self.young.until.len() >= self.capacity || (is_over && self.old.last.is_none_or(|last| last <= now)) {
            self.forget_old(now);
        }
        self.young.until.insert(key, until);
        self.young.first = self.young.first.map(|first| first.min(until)).or(Some(until));
        self.young.last = self.young.last.max(Some(until));
    }

    fn forget_old(&mut self, now: Instant) {
        let early = self.old.until.values().filter(|until| **until > now).count();
        self.evictions = self.evictions.saturating_add(early.try_into().unwrap_or(u64::MAX));
        std::mem::swap(&mut self.young, &mut self.old);
        // Its room stays, for those to come.
        self.young.until.clear();
        (self.young.first, self.young.last) = (None, None);
    }

    /// Forgets an event that was remembered until then, and none that was taken anew.
    pub(super) fn forget(&mut self, key: Key, until: Instant) {
        for generation in [&mut self.young, &mut self.old] {
            if generation.until.get(&key) == Some(&until) {
                generation.until.remove(&key);
            }
        }
    }

    /// How many were forgotten before their time.
    pub(super) const fn evictions(&self) -> u64 {
        self.evictions
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "tests: an overflow fails them")]
mod tests {
    use std::time::Duration;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    /// So many hours after a beginning.
    fn at(began: Instant, hours: u32) -> Instant {
        began + HOUR * hours
    }

    #[test]
    fn the_last_ones_are_there_and_those_that_made_room_are_counted() {
        let (mut taken, now) = (Taken::new(10), Instant::now());
        for key in 0..100 {
            taken.remember(key, now + HOUR, now);
            let kept = (0..=key).filter(|key| taken.has(*key, now)).count();
            let expected = usize::try_from(key + 1).unwrap();
            assert!(kept >= expected.min(10) && kept <= 20, "{kept} of {expected}");
            assert!((key.saturating_sub(9)..=key).all(|key| taken.has(key, now)), "one of the last ten is forgotten");
            assert_eq!(usize::try_from(taken.evictions()).unwrap() + kept, expected);
        }
    }

    #[test]
    fn an_event_is_remembered_until_its_time_and_no_longer() {
        let (mut taken, began) = (Taken::new(10), Instant::now());
        for hour in 0..1000_u32 {
            taken.remember(hour.into(), at(began, hour + 4), at(began, hour));
            let known = (0..=hour).filter(|key| taken.has((*key).into(), at(began, hour)));
            assert!(known.eq(hour.saturating_sub(3)..=hour), "at hour {hour}");
            let held = taken.young.until.len() + taken.old.until.len();
            assert!(held <= 10, "{held} are held, although most are over");
        }
        assert_eq!(taken.evictions(), 0, "each was over when it was forgotten");
        taken.remember(0, at(began, 1010), at(began, 1006));
        assert!(taken.has(0, at(began, 1009)) && !taken.has(999, at(began, 1009)), "taken anew");
    }

    /// It was claimed long before it was taken, and is over before those that were taken earlier.
    #[test]
    fn an_event_that_was_long_in_hand_has_no_other_forgotten_early() {
        let (mut taken, began) = (Taken::new(10), Instant::now());
        for (key, until) in [(1, 1), (2, 10)] {
            taken.remember(key, at(began, until), began);
        }
        // The first is over: both are the old generation now, and the young one begins with one that is over soon.
        taken.remember(3, at(began, 2), at(began, 1));
        taken.remember(4, at(began, 12), at(began, 3));
        assert!(taken.has(2, at(began, 9)) && taken.has(4, at(began, 9)));
        assert_eq!(taken.evictions(), 0);
    }

    #[test]
    fn what_is_taken_back_is_what_was_taken_then() {
        let (mut taken, now) = (Taken::new(2), Instant::now());
        taken.remember(1, now + HOUR, now);
        taken.forget(1, now + HOUR * 2);
        assert!(taken.has(1, now), "it was taken anew since");
        (2..6).for_each(|key| taken.remember(key, now + HOUR, now));
        assert_eq!([1, 2, 3, 4, 5].map(|key| taken.has(key, now)), [false, false, true, true, true]);
        // One of each generation.
        [3, 5].iter().for_each(|key| taken.forget(*key, now + HOUR));
        assert_eq!([3, 4, 5].map(|key| taken.has(key, now)), [false, true, false]);
    }
}
