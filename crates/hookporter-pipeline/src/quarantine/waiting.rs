//! Refused requests that wait to be kept: bounded, and nobody waits for them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::inbox::store::Backlog;
use crate::operating::RefusedRequest;

/// How many wait, and how many bytes of them. More than the writer takes in a second is a flood, of which some is lost.
const MOST: usize = 256;
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// A single request has no more than this share of the bytes: a few large ones are not to push out all others.
const SHARE: usize = 8;

/// How many refused requests a store keeps, and how many bytes of them: of those that reached the proof, and as many of those that
/// did not.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct Bounds {
    /// How many requests.
    pub requests: usize,
    /// How many bytes of them, by their [weight](RefusedRequest::weight).
    pub bytes: usize,
}

impl Bounds {
    /// Below this size in bytes a single request is kept: an eighth of all bytes. 0 where none is.
    #[must_use]
    pub fn largest(self) -> usize {
        if self.requests == 0 { 0 } else { self.bytes.checked_div(SHARE).unwrap_or(0) }
    }
}

/// For authors of stores: the queue in front of a quarantine, bounded in number and bytes. What finds no room is lost, and counted.
#[derive(Debug)]
pub struct RefusedQueue {
    waiting: Mutex<Waiting>,
    /// Nothing is kept for now.
    is_off: AtomicBool,
    bounds: Bounds,
}

#[derive(Debug, Default)]
struct Waiting {
    requests: Backlog<RefusedRequest>,
    /// Lost, since the writer last looked.
    lost: u64,
}

impl RefusedQueue {
    /// An empty one, in front of a quarantine with these bounds.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self { waiting: Mutex::default(), is_off: AtomicBool::new(false), bounds }
    }

    /// The bounds of the quarantine behind it.
    #[must_use]
    pub const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Whether there is room for one of so many bytes; what finds none is counted as lost.
    #[must_use]
    pub fn has_room(&self, bytes: usize) -> bool {
        let mut waiting = self.lock();
        let has_room = self.fits(&waiting, bytes);
        if !has_room {
            waiting.lost = waiting.lost.saturating_add(1);
        }
        has_room
    }

    fn fits(&self, waiting: &Waiting, bytes: usize) -> bool {
        let is_on = !self.is_off.load(Ordering::Relaxed);
        is_on && waiting.requests.has_room(bytes, MOST, MOST_BYTES) && bytes < self.bounds.largest()
    }

    /// Adds one, if there is room. Whether it is the first that waits.
    pub fn push(&self, request: RefusedRequest) -> bool {
        let weight = request.weight();
        let mut waiting = self.lock();
        if !self.fits(&waiting, weight) {
            waiting.lost = waiting.lost.saturating_add(1);
            return false;
        }
        let is_first = waiting.requests.is_empty();
        waiting.requests.push(weight, request);
        is_first
    }

    /// Whether it takes none for now; what waits then is lost.
    pub fn switch_off(&self, is_off: bool) {
        self.is_off.store(is_off, Ordering::Relaxed);
        if is_off {
            let mut waiting = self.lock();
            let gone = u64::try_from(waiting.requests.take_all().len()).unwrap_or(u64::MAX);
            waiting.lost = waiting.lost.saturating_add(gone);
        }
    }

    /// How many were lost since somebody last asked.
    #[must_use]
    pub fn take_lost(&self) -> u64 {
        std::mem::take(&mut self.lock().lost)
    }

    /// Takes the first few: so many requests and so many bytes at the most, but one of any size.
    #[must_use]
    pub fn take(&self, most: usize, most_bytes: usize) -> Vec<RefusedRequest> {
        self.lock().requests.take(most, most_bytes)
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().requests.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing under the lock can leave it half done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
