//! A journal in memory.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Serialize, Serializer};

use crate::journal::Query;
use crate::outcome::{Observer, Record};

/// The last requests, accepted or not, in memory: give a clone to each endpoint with
/// [`Endpoint::observer`](crate::Endpoint::observer). It is gone when the process ends.
///
/// It holds no secret, no proof, no credential, and of a body its length, and its digest where that is asked for. It is bounded: an entry has a few KiB
/// at the most, and beyond the number that was asked for the oldest go. No request waits for whoever reads it.
#[derive(Clone)]
pub struct Journal {
    shared: Arc<Mutex<Ring>>,
    most: usize,
    digests: bool,
}

struct Ring {
    entries: VecDeque<Arc<Entry>>,
    next: u64,
}

/// One request in a journal.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its number: ascending in the order of the answers.
    pub number: u64,
    /// What is known of it.
    #[serde(flatten, serialize_with = "whole")]
    pub record: Arc<Record>,
}

impl Journal {
    /// A journal of the last so many requests; at least one.
    #[must_use]
    pub fn in_memory(entries: usize) -> Self {
        let ring = Ring { entries: VecDeque::new(), next: 1 };
        Self { shared: Arc::new(Mutex::new(ring)), most: entries.max(1), digests: false }
    }

    /// Notes the SHA-256 of every proven body, too: hashing one takes about as long as its proof. Default: off.
    #[must_use]
    pub fn with_digests(self) -> Self {
        Self { digests: true, ..self }
    }

    /// The entries that a query asks for, the newest first, at most so many.
    #[must_use]
    pub fn entries(&self, query: &Query, most: usize) -> Vec<Arc<Entry>> {
        // Handles only, so that requests wait no longer than it takes to copy these.
        let all: Vec<_> = self.lock().entries.iter().cloned().collect();
        all.into_iter().rev().filter(|entry| query.takes(&entry.record)).take(most).collect()
    }

    /// The entry with this number, while it is there.
    #[must_use]
    pub fn entry(&self, number: u64) -> Option<Arc<Entry>> {
        let ring = self.lock();
        let at = ring.entries.binary_search_by_key(&number, |entry| entry.number).ok()?;
        ring.entries.get(at).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        // Nothing under the lock can leave it half done.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Journal {
    fn observe(&self, record: &Record) {
        self.observe_shared(&Arc::new(record.clone()));
    }

    fn observe_shared(&self, record: &Arc<Record>) {
        let record = record.clone();
        let mut ring = self.lock();
        let number = ring.next;
        ring.next = ring.next.saturating_add(1);
        let oldest = if ring.entries.len() >= self.most { ring.entries.pop_front() } else { None };
        ring.entries.push_back(Arc::new(Entry { number, record }));
        drop(ring);
        // Freed when nobody waits for the lock.
        drop(oldest);
    }

    fn wants_digests(&self) -> bool {
        self.digests
    }
}

fn whole<S: Serializer>(record: &Arc<Record>, serializer: S) -> Result<S::Ok, S::Error> {
    record.serialize(serializer)
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("most", &self.most).finish_non_exhaustive()
    }
}
