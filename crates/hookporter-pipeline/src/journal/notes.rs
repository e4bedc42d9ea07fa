//! Notes of requests, in memory, until a store writes them down.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::note::{Form, Note};
use super::numbers::{Brought, Numbers};
use crate::answered::Answered;
use crate::health::LikelyCause;
use crate::outcome::{Observer, Outcome, Record};
use crate::packed::PackedRecord;
use crate::trace::TraceId;

/// How many findings about refused requests wait: an endpoint examines two a second.
const CAUSES: usize = 256;

/// How a store keeps a journal.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct Keeping {
    /// How many notes wait to be written down; what comes beyond is lost, and counted.
    pub waiting: usize,
    /// How long the journal tells of a request.
    pub age: Duration,
    /// How many rows it has: nine tenths of them accepted requests at the most, and a tenth others.
    pub rows: usize,
    /// Whether bodies are hashed for it.
    pub digests: bool,
    /// Whether contents are sealed, so that the journal is not to have of them what is sealed there.
    pub sealed: bool,
}

/// For authors of stores: what waits to be written down of an endpoint's requests, which is what
/// [`AcceptingSide::journal`](crate::inbox::AcceptingSide::journal) gives to an endpoint. Requests push, and wait for nothing
/// but each other; the store takes them, many at a time. It is bounded, and counts what is lost.
pub struct Notes {
    /// Wakes whoever writes, when there are enough.
    wake: Box<dyn Fn() + Send + Sync>,
    keeping: Keeping,
    waiting: Mutex<Waiting>,
    numbers: Numbers,
    lost: AtomicU64,
    /// Whether there is an endpoint whose requests are noted.
    in_use: AtomicBool,
}

#[derive(Debug, Default)]
struct Waiting {
    notes: VecDeque<Note>,
    causes: VecDeque<Found>,
    /// Written down, and freed by the requests that come, on the threads that made them: on the writer's, which senders may wait
    /// for, each would cost as much as half a row.
    spent: Vec<Arc<PackedRecord>>,
}

/// What was found out about a refused request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Found {
    /// What the log calls the request.
    pub trace: TraceId,
    /// What was found.
    pub cause: LikelyCause,
}

impl Notes {
    /// So many that wait are worth a transaction of their own, whoever else waits: each costs something whatever is in it.
    pub const ENOUGH: usize = 1024;

    /// None yet. `wake` is called, on a request's task, when [`Notes::ENOUGH`] of them wait: it must not block.
    pub fn new(keeping: Keeping, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            wake: Box::new(wake),
            keeping,
            waiting: Mutex::default(),
            numbers: Numbers::default(),
            lost: AtomicU64::new(0),
            in_use: AtomicBool::new(false),
        }
    }

    /// An endpoint's requests are noted from now on.
    pub fn begin(&self) {
        self.in_use.store(true, Ordering::Relaxed);
    }

    /// Whether an endpoint's requests are noted. Until then there is nothing to do for it.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.in_use.load(Ordering::Relaxed)
    }

    /// What a request brought: said before the request is answered, so that it stands in its note.
    pub fn brought(&self, trace: TraceId, brought: Brought) {
        self.numbers.note(trace, brought);
    }

    /// The event of this number changes, or goes; `None`: any may. It is not new any more for what waits.
    pub fn changes(&self, event: Option<i64>) {
        let mut waiting = self.lock();
        self.numbers.is_not_new(event);
        for note in &mut waiting.notes {
            if let Form::Short(short) = &mut note.0 {
                short.brought.is_new &= event.is_some_and(|event| event != short.brought.event);
            }
        }
    }

    /// How many requests are missing in the journal.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// So many are missing in the journal, beside those that it knows of.
    pub fn lose(&self, count: u64) {
        self.lost.fetch_add(count, Ordering::Relaxed);
    }

    /// Drops what waits of these, for an erasure: the store deletes what is written down. The number is that of a note's event.
    pub fn erase(&self, is_theirs: impl Fn(&Note, Option<i64>) -> bool) {
        self.lock().notes.retain(|note| {
            let event = match &note.0 {
                Form::Whole(record) => self.numbers.of(record.trace),
                Form::Short(short) => Some(short.brought.event),
            };
            !is_theirs(note, event)
        });
    }

    /// How the journal is kept.
    #[must_use]
    pub const fn keeping(&self) -> &Keeping {
        &self.keeping
    }

    /// How many notes and findings wait.
    #[must_use]
    pub fn count(&self) -> usize {
        let waiting = self.lock();
        waiting.notes.len().saturating_add(waiting.causes.len())
    }

    /// Takes the oldest notes, at most so many, and every finding.
    #[must_use]
    pub fn take(&self, most: usize) -> (Vec<Note>, Vec<Found>) {
        let mut waiting = self.lock();
        let count = waiting.notes.len().min(most);
        (waiting.notes.drain(..count).collect(), waiting.causes.drain(..).collect())
    }

    /// Puts back what could not be written down for now, before all others. What has no room any more is lost, the newest first.
    pub fn put_back(&self, notes: Vec<Note>, causes: Vec<Found>) {
        let mut waiting = self.lock();
        notes.into_iter().rev().for_each(|note| waiting.notes.push_front(note));
        causes.into_iter().rev().for_each(|found| waiting.causes.push_front(found));
        let lost = waiting.notes.len().saturating_sub(self.keeping.waiting);
        waiting.notes.truncate(self.keeping.waiting);
        waiting.causes.truncate(CAUSES);
        drop(waiting);
        self.lose(u64::try_from(lost).unwrap_or(u64::MAX));
    }

    /// These are written down. They are freed by requests that come.
    pub fn spend(&self, notes: Vec<Note>) {
        let whole = |note: Note| if let Form::Whole(record) = note.0 { Some(record) } else { None };
        let records: Vec<_> = notes.into_iter().filter_map(whole).collect();
        let mut waiting = self.lock();
        if waiting.spent.len() <= Self::ENOUGH {
            waiting.spent.extend(records);
        } else {
            drop(waiting);
            drop(records);
        }
    }

    /// What the requests of these notes brought, in their order; of some it is forgotten with that.
    #[must_use]
    pub fn take_brought(&self, notes: &[Note]) -> Vec<Option<Brought>> {
        let brought = |note: &Note| match &note.0 {
            Form::Whole(record) => self.numbers.take(record.trace),
            Form::Short(short) => Some(short.brought),
        };
        notes.iter().map(brought).collect()
    }

    fn add(&self, mut waiting: MutexGuard<'_, Waiting>, note: Note) {
        let count = waiting.notes.len();
        if count < self.keeping.waiting {
            waiting.notes.push_back(note);
        }
        // One for one: what is freed here is what the next request on this thread is given. Where there are many, they become
        // fewer.
        let freed = (waiting.spent.pop(), if waiting.spent.len() > Self::ENOUGH { waiting.spent.pop() } else { None });
        drop(waiting);
        drop(freed);
        if count >= self.keeping.waiting {
            self.lose(1);
        } else if count == Self::ENOUGH {
            (self.wake)();
        }
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
        let note = Note(Form::Whole(record.clone()));
        self.add(self.lock(), note);
    }

    fn observe_answered(&self, answered: &Answered<'_>) {
        if !self.keeping.digests && matches!(answered.outcome(), Outcome::Accepted | Outcome::Parked) {
            let waiting = self.lock();
            // Under the lock, so that none changes unseen in between.
            let brought = self.numbers.take_new(answered.trace());
            if let Some(note) = brought.and_then(|brought| Note::short(answered, brought)) {
                return self.add(waiting, note);
            }
            if let Some(brought) = brought {
                self.numbers.note(answered.trace(), brought);
            }
        }
        self.observe_packed(answered.record());
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

impl fmt::Debug for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notes").field("keeping", &self.keeping).finish_non_exhaustive()
    }
}
