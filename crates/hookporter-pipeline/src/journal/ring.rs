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
use crate::packed::{self, PackedRecord};
use crate::trace::TraceId;

/// How many entries are looked at for the request that a cause is of: a second of a flood.
const LOOKED_BACK: usize = 4096;

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
    slots: VecDeque<Slot>,
    next: u64,
}

/// An entry in little room.
#[derive(Clone)]
struct Slot {
    number: u64,
    record: Arc<PackedRecord>,
    cause: Option<Arc<LikelyCause>>,
}

impl Slot {
    fn open(&self) -> Entry {
        let cause = self.cause.as_deref().cloned();
        Entry { number: self.number, record: Arc::new(self.record.open()), event: None, cause }
    }
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
        let ring = Ring { slots: VecDeque::new(), next: 1 };
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
        let all = self.handles();
        let wanted = all.iter().rev().filter(|slot| slot.number < before && query.takes(&slot.record));
        wanted.take(most).map(|slot| Arc::new(slot.open())).collect()
    }

    /// The entry with this number, while it is there.
    #[must_use]
    pub fn entry(&self, number: u64) -> Option<Arc<Entry>> {
        let ring = self.lock();
        let at = ring.slots.binary_search_by_key(&number, |slot| slot.number).ok()?;
        let slot = ring.slots.get(at).cloned();
        drop(ring);
        slot.map(|slot| Arc::new(slot.open()))
    }

    /// Handles only, so that requests wait no longer than it takes to copy these.
    fn handles(&self) -> Vec<Slot> {
        self.lock().slots.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        // Nothing under the lock can leave it half done.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Journal {
    fn observe(&self, record: &Record) {
        self.observe_packed(&Arc::new(record.into()));
    }

    fn observe_packed(&self, record: &Arc<PackedRecord>) {
        let record = record.clone();
        let mut ring = self.lock();
        let number = ring.next;
        ring.next = ring.next.saturating_add(1);
        let oldest = if ring.slots.len() >= self.most { ring.slots.pop_front() } else { None };
        ring.slots.push_back(Slot { number, record, cause: None });
        drop(ring);
        // Freed when nobody waits for the lock.
        drop(oldest);
    }

    fn explain(&self, trace: TraceId, cause: &LikelyCause) {
        let cause = Arc::new(LikelyCause { message: packed::message(cause.message.clone()), ..cause.clone() });
        let mut ring = self.lock();
        // It came a moment ago, and requests wait for the lock.
        let before = match ring.slots.iter_mut().rev().take(LOOKED_BACK).find(|slot| slot.record.trace == trace) {
            Some(slot) => slot.cause.replace(cause),
            None => None,
        };
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
        let all = self.handles();
        let counts = counted(all.iter().rev().filter(|slot| query.takes(&slot.record)));
        Box::pin(std::future::ready(Ok(counts)))
    }

    fn lost(&self) -> u64 {
        0
    }
}

/// The reasons of these entries, which are the newest first; none of them is opened.
fn counted<'a>(slots: impl Iterator<Item = &'a Slot>) -> Vec<ReasonCount> {
    let mut counts: HashMap<(&str, Reason), ReasonCount> = HashMap::new();
    for slot in slots {
        let (record, at) = (&slot.record, slot.record.at);
        let Some(reason) = record.reason else { continue };
        let first = || ReasonCount {
            endpoint: record.endpoint.to_string(),
            reason,
            count: 0,
            first: at,
            last: at,
            last_entry: slot.number,
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
