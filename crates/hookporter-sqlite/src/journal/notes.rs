//! Notes of requests, in memory, until the writer writes them down.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookporter_pipeline::health::LikelyCause;
use hookporter_pipeline::{Observer, PackedRecord, Record, TraceId};

use super::Erasing;
use super::numbers::{Brought, Numbers};
use crate::queue::Queue;

/// How many findings about refused requests wait: an endpoint examines two a second.
const CAUSES: usize = 256;

/// How a journal is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keeping {
    /// How many notes wait for the writer.
    pub(crate) waiting: usize,
    pub(crate) age: Duration,
    /// How many rows, nine tenths of them accepted requests at the most, and a tenth others.
    pub(crate) rows: usize,
    /// Whether bodies are hashed for it.
    pub(crate) digests: bool,
    /// Whether contents are sealed, so that the journal is not to have of them what is sealed there.
    pub(crate) sealed: bool,
}

/// So many that wait are written down though senders wait, too. Every transaction costs some 0.1 ms whatever is in it, so that few
/// with many rows cost less; a sender waits a millisecond or two for one.
pub(super) const ENOUGH: usize = 1024;

/// What waits to be written down. Requests push, and wait for nothing but each other.
pub(crate) struct Notes {
    /// To wake the writer when there are enough.
    queue: Arc<Queue>,
    keeping: Keeping,
    waiting: Mutex<Waiting>,
    numbers: Numbers,
    lost: AtomicU64,
    /// Whether there is an endpoint whose requests are noted.
    in_use: AtomicBool,
}

#[derive(Debug, Default)]
struct Waiting {
    records: VecDeque<Arc<PackedRecord>>,
    causes: VecDeque<Found>,
    /// Written down, and freed by the requests that come, on the threads that made them: on the writer's, which senders wait
    /// for, each would cost as much as half a row.
    spent: Vec<Arc<PackedRecord>>,
}

/// What was found out about a refused request.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(super) trace: TraceId,
    pub(super) cause: LikelyCause,
}

impl Notes {
    pub(crate) fn new(keeping: Keeping, queue: Arc<Queue>) -> Self {
        Self {
            queue,
            keeping,
            waiting: Mutex::default(),
            numbers: Numbers::default(),
            lost: AtomicU64::new(0),
            in_use: AtomicBool::new(false),
        }
    }

    /// An endpoint's requests are noted from now on.
    pub(crate) fn begin(&self) {
        self.in_use.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_in_use(&self) -> bool {
        self.in_use.load(Ordering::Relaxed)
    }

    /// What a request brought.
    pub(crate) fn brought(&self, trace: TraceId, brought: Brought) {
        self.numbers.note(trace, brought);
    }

    /// The event of this number changes, or goes; `None`: any may. Notes of it are written down whole.
    pub(crate) fn changes(&self, event: Option<i64>) {
        self.numbers.is_not_new(event);
    }

    /// How many requests are missing in the journal.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Drops what waits and what is about to come of these: the erasure deletes what is written down.
    pub(crate) fn erase(&self, erasing: &Erasing) {
        let mut waiting = self.lock();
        waiting.records.retain(|record| !erasing.takes(record, self.numbers.of(record.trace)));
    }

    pub(super) const fn keeping(&self) -> &Keeping {
        &self.keeping
    }

    pub(super) fn count(&self) -> usize {
        let waiting = self.lock();
        waiting.records.len().saturating_add(waiting.causes.len())
    }

    pub(super) fn lose(&self, count: usize) {
        self.lost.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The oldest ones, at most so many.
    pub(super) fn take(&self, most: usize) -> (Vec<Arc<PackedRecord>>, Vec<Found>) {
        let mut waiting = self.lock();
        let count = waiting.records.len().min(most);
        (waiting.records.drain(..count).collect(), waiting.causes.drain(..).collect())
    }

    /// Puts back what could not be written down for now, before all others.
    pub(super) fn put_back(&self, records: Vec<Arc<PackedRecord>>, causes: Vec<Found>) {
        let mut waiting = self.lock();
        records.into_iter().rev().for_each(|record| waiting.records.push_front(record));
        causes.into_iter().rev().for_each(|found| waiting.causes.push_front(found));
        let lost = waiting.records.len().saturating_sub(self.keeping.waiting);
        waiting.records.truncate(self.keeping.waiting);
        waiting.causes.truncate(CAUSES);
        drop(waiting);
        self.lose(lost);
    }

    /// These are written down.
    pub(super) fn spend(&self, records: Vec<Arc<PackedRecord>>) {
        let mut waiting = self.lock();
        if waiting.spent.len() <= ENOUGH {
            waiting.spent.extend(records);
        } else {
            drop(waiting);
            drop(records);
        }
    }

    /// What the requests of these records brought, in their order; each is told once.
    pub(super) fn take_brought(&self, records: &[Arc<PackedRecord>]) -> Vec<Option<Brought>> {
        self.numbers.take(records.iter().map(|record| record.trace))
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing under the lock can leave it half done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of no endpoint but the journal's own.
impl Observer for Notes {
    fn observe(&self, record: &Record) {
        self.observe_packed(&Arc::new(record.into()));
    }

    fn observe_packed(&self, record: &Arc<PackedRecord>) {
        let record = record.clone();
        let mut waiting = self.lock();
        let count = waiting.records.len();
        if count < self.keeping.waiting {
            waiting.records.push_back(record);
        }
        // One for one: what is freed here is what the next request on this thread is given. Where there are many, they become fewer.
        let freed = (waiting.spent.pop(), if waiting.spent.len() > ENOUGH { waiting.spent.pop() } else { None });
        drop(waiting);
        drop(freed);
        if count >= self.keeping.waiting {
            self.lose(1);
        } else if count == ENOUGH {
            self.queue.nudge();
        }
    }

    fn explain(&self, trace: TraceId, cause: &LikelyCause) {
        let found = Found { trace, cause: cause.clone() };
        let mut waiting = self.lock();
        if waiting.causes.len() < CAUSES {
            waiting.causes.push_back(found);
        }
    }

    fn wants_digests(&self) -> bool {
        self.keeping.digests
    }
}

impl std::fmt::Debug for Notes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notes").field("keeping", &self.keeping).finish_non_exhaustive()
    }
}
