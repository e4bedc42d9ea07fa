//! A journal in memory.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookporter_core::Reason;
use serde::{Serialize, Serializer};

use crate::handoff::BoxFuture;
use crate::health::LikelyCause;
use crate::inbox::InboxError;
use crate::journal::Query;
use crate::operating::{JournalSide, ReasonCount};
use crate::outcome::{Observer, Record};
use crate::trace::TraceId;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "made by stores, too")]
pub struct Entry {
    /// Its number: ascending in the order of the answers.
    pub number: u64,
    /// What is known of it.
    #[serde(flatten, serialize_with = "whole")]
    pub record: Arc<Record>,
    /// The number of the event in its inbox, where one keeps it: of a duplicate, that of the first delivery's.
    pub event: Option<i64>,
    /// What was found out about a refused request since.
    pub cause: Option<LikelyCause>,
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
        self.before(query, u64::MAX, most)
    }

    fn before(&self, query: &Query, before: u64, most: usize) -> Vec<Arc<Entry>> {
        // Handles only, so that requests wait no longer than it takes to copy these.
        let all: Vec<_> = self.lock().entries.iter().cloned().collect();
        let wanted = |entry: &Arc<Entry>| entry.number < before && query.takes(entry);
        all.into_iter().rev().filter(wanted).take(most).collect()
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
        ring.entries.push_back(Arc::new(Entry { number, record, event: None, cause: None }));
        drop(ring);
        // Freed when nobody waits for the lock.
        drop(oldest);
    }

    fn explain(&self, trace: TraceId, cause: &LikelyCause) {
        let mut ring = self.lock();
        // It came a moment ago.
        let Some(entry) = ring.entries.iter_mut().rev().find(|entry| entry.record.trace == trace) else { return };
        let explained = Entry { cause: Some(cause.clone()), ..Entry::clone(entry) };
        let before = std::mem::replace(entry, Arc::new(explained));
        drop(ring);
        drop(before);
    }

    fn wants_digests(&self) -> bool {
        self.digests
    }
}

impl JournalSide for Journal {
    fn entries(
        &self,
        query: Query,
        before: u64,
        most: usize,
    ) -> BoxFuture<'static, Result<Vec<Arc<Entry>>, InboxError>> {
        Box::pin(std::future::ready(Ok(self.before(&query, before, most))))
    }

    fn entry(&self, number: u64) -> BoxFuture<'static, Result<Option<Arc<Entry>>, InboxError>> {
        Box::pin(std::future::ready(Ok(Self::entry(self, number))))
    }

    fn reasons(&self, query: Query) -> BoxFuture<'static, Result<Vec<ReasonCount>, InboxError>> {
        let counts = counted(&self.before(&query, u64::MAX, usize::MAX));
        Box::pin(std::future::ready(Ok(counts)))
    }

    fn lost(&self) -> u64 {
        0
    }
}

/// The reasons of these entries, which are the newest first.
fn counted(entries: &[Arc<Entry>]) -> Vec<ReasonCount> {
    let mut counts: HashMap<(&str, Reason), ReasonCount> = HashMap::new();
    for entry in entries {
        let (record, at) = (&entry.record, entry.record.at);
        let Some(reason) = record.reason else { continue };
        let first = || ReasonCount {
            endpoint: record.endpoint.to_string(),
            reason,
            count: 0,
            first: at,
            last: at,
            last_entry: entry.number,
        };
        let count = counts.entry((&record.endpoint, reason)).or_insert_with(first);
        count.count = count.count.saturating_add(1);
        count.first = count.first.min(at);
        count.last = count.last.max(at);
    }
    let mut counts: Vec<_> = counts.into_values().collect();
    counts.sort_by(|one, other| {
        (other.count, &one.endpoint, one.reason).cmp(&(one.count, &other.endpoint, other.reason))
    });
    counts
}

fn whole<S: Serializer>(record: &Arc<Record>, serializer: S) -> Result<S::Ok, S::Error> {
    record.serialize(serializer)
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("most", &self.most).finish_non_exhaustive()
    }
}
