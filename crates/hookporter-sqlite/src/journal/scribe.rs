//! Writes notes down: the writer's least urgent work.

use std::sync::Arc;
use std::time::Duration;

use hookporter_pipeline::Outcome;
use hookporter_pipeline::inbox::store::NowAndThen;
use hookporter_pipeline::journal::{Findings, Note, Notes};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::time::Instant;

use super::bound::{Bound, Kind};
use super::found;
use super::problem::Problem;
use super::row::Rows;
use crate::role::Role;
use crate::size::{Room, Size};

/// How many rows one transaction writes: more than one transaction of acknowledgements brings, so that it keeps up.
const MOST: usize = 1024;
/// A note waits no longer than this, unless the file cannot be written.
const LATEST: Duration = Duration::from_millis(500);
/// An accepted request may have a row for every ninth of ten, another one for the tenth.
const OF_OTHERS: usize = 10;
/// The journal takes no more than about this part of a file whose size is bounded, with rows of this size: few are longer.
const PART: u64 = 8;
const ROW: u64 = 1024;

/// The writer's side of the journal.
pub(crate) struct Scribe {
    notes: Arc<Notes>,
    room: Arc<Room>,
    /// Above which size of the file in use nothing more is written.
    size: Option<u64>,
    due: Instant,
    /// What waits could not be written: nothing is tried until it is due.
    rests: bool,
    /// What is known of the file; `None` until the first row, and after a failure.
    state: Option<State>,
    findings: Findings,
    /// How many lost ones the file knows of; `None` until it was asked.
    known: Option<u64>,
    /// That requests are missing.
    said: NowAndThen,
    /// Its own tables are damaged: nothing is written any more.
    is_off: bool,
}

struct State {
    last: i64,
    accepted: Bound,
    others: Bound,
}

/// What became of notes.
#[derive(Debug)]
pub(crate) enum Wrote {
    /// They are written down, or nobody needs to know that they are not.
    Well,
    /// The connection is not to be used any more.
    Failed(rusqlite::Error),
    /// Something in the file is not what was written there.
    Damaged,
}

impl Scribe {
    pub(crate) fn new(notes: Arc<Notes>, room: Arc<Room>, size: Option<u64>) -> Self {
        Self {
            notes,
            room,
            size,
            due: Instant::now(),
            rests: false,
            state: None,
            findings: Findings::default(),
            known: None,
            said: NowAndThen::default(),
            is_off: false,
        }
    }

    /// How long until the next look.
    pub(crate) fn patience(&self) -> Duration {
        if !self.notes.is_in_use() {
            LATEST
        } else if !self.rests && self.notes.count() >= Notes::ENOUGH {
            Duration::ZERO
        } else {
            self.due.saturating_duration_since(Instant::now())
        }
    }

    /// Whether notes are to be written down now; when nobody waits for the writer, whatever there is.
    pub(crate) fn is_due(&self, is_idle: bool) -> bool {
        if !self.notes.is_in_use() {
            return false;
        }
        let count = if self.rests { 0 } else { self.notes.count() };
        is_idle && count > 0 || count >= Notes::ENOUGH || Instant::now() >= self.due
    }

    /// Writes the oldest notes down, in a transaction of their own.
    pub(crate) fn write(&mut self, role: Role, connection: &mut Connection) -> Wrote {
        let now = Instant::now();
        self.due = now.checked_add(LATEST).unwrap_or(now);
        let (notes, found) = self.notes.take(MOST);
        let count = notes.len();
        let is_any = !notes.is_empty() || !found.is_empty() || self.findings.are_any();
        self.findings.join(found);
        let is_known = self.notes.lost() == self.known.unwrap_or(0);
        if !is_any && is_known {
            return Wrote::Well;
        }
        if self.is_off {
            self.lose(count, "it is damaged");
            return Wrote::Well;
        }
        let ended = self.unsynced(role, connection, &notes);
        self.rests = ended.is_err();
        let Err(error) = ended else {
            self.notes.spend(notes);
            return Wrote::Well;
        };
        self.state = None;
        match error {
            Problem::Busy => {
                // Whoever else writes is not waited for.
                self.notes.put_back(notes, Vec::new());
                Wrote::Well
            }
            Problem::NotNow(why) => {
                self.lose(count, &why);
                Wrote::Well
            }
            Problem::Damaged(error) => {
                self.is_off = true;
                tracing::error!(target: "hookporter", "the journal is damaged, and not written any more: {error}");
                self.lose(count, "it is damaged");
                Wrote::Damaged
            }
            Problem::Broken(error) => {
                self.lose(count, &error.to_string());
                Wrote::Failed(error)
            }
        }
    }

    /// Writes down what waits, as far as that goes: the inbox closes.
    pub(crate) fn write_all(&mut self, role: Role, connection: &mut Connection) {
        while self.notes.is_in_use() && self.notes.count() > 0 {
            let before = self.notes.count();
            if !matches!(self.write(role, connection), Wrote::Well) || self.notes.count() >= before {
                return;
            }
        }
    }

    /// Begins anew, with another connection or file, when there is one: nothing is tried at once.
    pub(crate) fn forget(&mut self) {
        self.state = None;
        self.is_off = false;
        self.rests = true;
        self.take_none_for_new();
        let now = Instant::now();
        self.due = now.checked_add(LATEST).unwrap_or(now);
    }

    /// Events that are noted may have gone, or not be in this file: what is said of them is said in full.
    pub(crate) fn take_none_for_new(&self) {
        self.notes.changes(None);
    }

    fn lose(&mut self, count: usize, why: &str) {
        self.notes.lose(u64::try_from(count).unwrap_or(u64::MAX));
        if count > 0 {
            self.tell(self.notes.lost(), why);
        }
    }

    /// Says now and then that requests are missing.
    fn tell(&mut self, lost: u64, why: &str) {
        if self.said.is_time() {
            tracing::warn!(target: "hookporter", lost, "requests are missing in the journal: {why}");
        }
    }

    /// A transaction without a sync of its own, and without waiting for anybody's lock. What acknowledgements rest on is put back
    /// and looked at afterwards, however it ended.
    fn unsynced(&mut self, role: Role, connection: &mut Connection, notes: &[Note]) -> Result<(), Problem> {
        let without = || -> rusqlite::Result<()> {
            connection.busy_timeout(Duration::ZERO)?;
            connection.execute_batch("PRAGMA synchronous = NORMAL")
        };
        let written = without().and_then(|()| self.transaction(connection, notes));
        let put_back = || -> rusqlite::Result<()> {
            connection.execute_batch("PRAGMA synchronous = FULL")?;
            let is: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
            if is == 2 { Ok(()) } else { Err(rusqlite::Error::InvalidQuery) }
        };
        put_back().map_err(Problem::Broken)?;
        role.waits_for_others(connection).map_err(Problem::Broken)?;
        let is_rolled_back = connection.is_autocommit();
        match written {
            Ok(true) => Ok(()),
            Ok(false) => Err(Problem::NotNow("the inbox is as large as it may be".to_owned())),
            Err(error) if !is_rolled_back => Err(Problem::Broken(error)),
            Err(error) => Err(Problem::of(error)),
        }
    }

    /// Whether there was room.
    fn transaction(&mut self, connection: &Connection, notes: &[Note]) -> rusqlite::Result<bool> {
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        let mut state = match self.state.take() {
            Some(state) => state,
            None => self.begun(&transaction)?,
        };
        if self.is_full(&transaction)? {
            // A journal that is longer than it may be is perhaps what fills it.
            state.accepted.hold(&transaction, MOST)?;
            state.others.hold(&transaction, MOST)?;
            transaction.commit()?;
            self.state = Some(state);
            return Ok(false);
        }
        let mut came = [0_usize; Kind::ALL.len()];
        let mut rows = Rows::new(&transaction, self.notes.keeping())?;
        for (note, brought) in notes.iter().zip(self.notes.take_brought(notes)) {
            state.last = state.last.saturating_add(1);
            let (kind, bound) = match note.outcome() {
                Outcome::Accepted => (0, &mut state.accepted),
                _ => (1, &mut state.others),
            };
            rows.write((state.last, bound.next()), note, brought)?;
            came.iter_mut().skip(kind).take(1).for_each(|count| *count = count.saturating_add(1));
        }
        drop(rows);
        let [accepted, others] = came;
        state.accepted.hold(&transaction, accepted)?;
        state.others.hold(&transaction, others)?;
        found::write(&mut self.findings, &transaction, self.notes.keeping().sealed)?;
        let lost = self.notes.lost();
        let is_news = self.known != Some(lost);
        if is_news {
            write_lost(&transaction, lost)?;
        }
        transaction.commit()?;
        self.state = Some(state);
        if is_news {
            self.known = Some(lost);
            self.tell(lost, "more came than could be written down");
        }
        Ok(true)
    }

    /// How things stand in the file.
    fn begun(&mut self, connection: &Connection) -> rusqlite::Result<State> {
        if self.known.is_none() {
            let before = super::lost(connection)?;
            self.notes.lose(before);
            self.known = Some(before);
        }
        let rows = self.size.map(|size| size.checked_div(PART.saturating_mul(ROW)).unwrap_or(0));
        let rows = rows.and_then(|rows| usize::try_from(rows).ok()).unwrap_or(usize::MAX);
        let rows = rows.min(self.notes.keeping().rows);
        let others = rows.div_ceil(OF_OTHERS);
        let last = connection.query_row("SELECT coalesce(max(id), 0) FROM requests", [], |row| row.get(0))?;
        Ok(State {
            last,
            accepted: Bound::of(connection, Kind::Accepted, rows.saturating_sub(others))?,
            others: Bound::of(connection, Kind::Other, others)?,
        })
    }

    /// Whether the file is so large that rather the events' bodies are kept.
    fn is_full(&self, connection: &Connection) -> rusqlite::Result<bool> {
        if self.room.is_full(connection)? {
            return Ok(true);
        }
        let Some(size) = self.size else { return Ok(false) };
        Ok(Size::of(connection)?.used >= size.saturating_add(size.div_ceil(PART)))
    }
}

fn write_lost(connection: &Connection, lost: u64) -> rusqlite::Result<()> {
    let sql =
        "INSERT INTO requests_lost (id, count) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET count = excluded.count";
    connection.prepare_cached(sql)?.execute([i64::try_from(lost).unwrap_or(i64::MAX)])?;
    Ok(())
}
