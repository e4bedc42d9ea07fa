//! When each key last fitted.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use hookporter_core::{KeyId, UnixTime};

use crate::health::KeyUse;

/// How many places there are for what was just noted: tenants take turns, a thousand of them within a second. 8 KiB.
const PLACES: u16 = 1024;
/// How many keys are remembered at least, and half of how many at most: tenants have keys of their own, and there may be any
/// number of them.
const GENERATION: usize = 1000;

/// The keys that fitted. Noting one that was noted within the same second costs no lock, and noting any looks at no other.
#[derive(Debug)]
pub(super) struct KeyUses {
    hasher: RandomState,
    /// Which key was last noted in each place, and in which second.
    noted: Box<[AtomicU64]>,
    used: Mutex<Generations>,
}

/// When the old ones are replaced by the young ones, those that nobody used meanwhile are forgotten.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<KeyId, UnixTime>,
    old: HashMap<KeyId, UnixTime>,
}

impl Default for KeyUses {
    fn default() -> Self {
        let noted = std::iter::repeat_with(AtomicU64::default).take(usize::from(PLACES)).collect();
        Self { hasher: RandomState::new(), noted, used: Mutex::default() }
    }
}

impl KeyUses {
    pub(super) fn note(&self, key: &KeyId, now: UnixTime) {
        if self.is_new(key, now) {
            self.write_down(key, now);
        }
    }

    /// Whether this key was not noted yet within this second.
    fn is_new(&self, key: &KeyId, now: UnixTime) -> bool {
        let hash = self.hasher.hash_one(key);
        let [one, other, ..] = hash.to_ne_bytes();
        let place = u16::from_ne_bytes([one, other]).checked_rem(PLACES).unwrap_or(0);
        let note = hash ^ u64::from_ne_bytes(now.as_secs().to_ne_bytes());
        // A load before the write: requests on several cores would else take the line from each other.
        self.noted
            .get(usize::from(place))
            .is_none_or(|place| place.load(Ordering::Relaxed) != note && place.swap(note, Ordering::Relaxed) != note)
    }

    #[cold]
    fn write_down(&self, key: &KeyId, now: UnixTime) {
        // Nothing under the lock can leave it half done.
        self.used.lock().unwrap_or_else(PoisonError::into_inner).note(key, now);
    }

    /// All that are remembered, by their ids.
    pub(super) fn all(&self) -> Vec<KeyUse> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let all = used.young.iter().chain(&used.old);
        let mut all: Vec<_> = all.map(|(id, last_used)| KeyUse { id: id.clone(), last_used: *last_used }).collect();
        drop(used);
        all.sort_by(|one, other| one.id.cmp(&other.id));
        all
    }
}

impl Generations {
    fn note(&mut self, key: &KeyId, now: UnixTime) {
        if let Some(last) = self.young.get_mut(key) {
            *last = (*last).max(now);
            return;
        }
        let last = self.old.remove(key).map_or(now, |last| last.max(now));
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key.clone(), last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(at: usize) -> KeyId {
        hookporter_core::Secret::weak("a key").named(&format!("tenant-{at}")).id().clone()
    }

    #[test]
    fn keys_that_take_turns_are_noted_once_a_second_each() {
        let uses = KeyUses::default();
        // Two that share no place: which ones do differs from process to process.
        let keys: Vec<_> = (0..8).map(key).collect();
        let at = UnixTime::from_secs(1_700_000_000);
        let other = keys.iter().skip(1).find(|other| {
            let fresh = KeyUses { hasher: uses.hasher.clone(), ..KeyUses::default() };
            fresh.is_new(&keys[0], at) && fresh.is_new(other, at) && !fresh.is_new(&keys[0], at)
        });
        let pair = [&keys[0], other.unwrap_or(&keys[1])];
        let noted = |second: i64| {
            let now = at.plus(std::time::Duration::from_secs(second.unsigned_abs()));
            (0..1000).flat_map(|_| pair).filter(|key| uses.is_new(key, now)).count()
        };
        assert_eq!((noted(0), noted(1)), (2, 2));
    }

    #[test]
    fn the_last_ones_are_remembered_and_never_more_than_twice_as_many() {
        let uses = KeyUses::default();
        let at = |at: usize| UnixTime::from_secs(i64::try_from(at).unwrap());
        for count in 0..5 * GENERATION {
            uses.note(&key(count), at(count));
            // One that is in use all the time.
            uses.note(&key(0), at(count));
            assert!(uses.all().len() <= 2 * GENERATION || count % 100 > 0);
        }
        let all = uses.all();
        let used = |wanted: usize| all.iter().find(|one| one.id == key(wanted)).map(|one| one.last_used);
        assert_eq!(used(0), Some(at(5 * GENERATION - 1)));
        assert_eq!(used(1), None);
        assert!((4 * GENERATION + 1..5 * GENERATION).all(|one| used(one) == Some(at(one))));
    }
}
