//! A pass over the rows, in the order of their numbers.

use std::time::Duration;

use hookporter_core::UnixTime;
use rusqlite::{Connection, OptionalExtension, params};

use super::{ROWS, Step};

/// What a pass takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Bodies and headers of events that are done.
    Bodies,
    /// Events that are done.
    Events,
    /// Events that nobody worked.
    DeadLetters,
    Parked,
    /// What the journal tells of requests.
    Requests,
}

impl What {
    /// Which rows go, of those behind `?1` and up to `?2`, that were done with before `?3`.
    const fn gone(self) -> &'static str {
        match self {
            Self::Bodies | Self::Events => "id > ?1 AND id <= ?2 AND state = 'done' AND finished_at < ?3",
            Self::DeadLetters => "id > ?1 AND id <= ?2 AND state = 'dead' AND coalesce(finished_at, received_at) < ?3",
            Self::Parked => "id > ?1 AND id <= ?2 AND state = 'parked' AND received_at < ?3",
            Self::Requests => "id > ?1 AND id <= ?2 AND at < ?3",
        }
    }

    /// The table of these rows. Those of the journal are looked at by their numbers, whatever indexes they have.
    const fn rows(self) -> &'static str {
        match self {
            Self::Requests => "requests NOT INDEXED",
            _ => "events",
        }
    }

    /// The next rows to look at, behind `?1`: their number and when they came in. Few are dead or parked, and an index has them.
    const fn next(self) -> &'static str {
        match self {
            Self::Bodies | Self::Events => "SELECT id, received_at FROM events WHERE id > ?1 ORDER BY id LIMIT ?2",
            Self::DeadLetters => {
                "SELECT id, received_at FROM events WHERE state = 'dead' AND id > ?1 ORDER BY id LIMIT ?2"
            }
            Self::Parked => {
                "SELECT id, received_at FROM events WHERE state = 'parked' AND id > ?1 ORDER BY id LIMIT ?2"
            }
            Self::Requests => "SELECT id, at AS received_at FROM requests WHERE id > ?1 ORDER BY id LIMIT ?2",
        }
    }
}

/// A pass: where it is, and whether it is over.
#[derive(Debug)]
pub(super) struct Pass {
    what: What,
    age: Duration,
    from: i64,
    over: bool,
}

impl Pass {
    pub(super) const fn new(what: What, age: Duration) -> Self {
        Self { what, age, from: 0, over: false }
    }

    /// Begins again.
    pub(super) const fn begin(&mut self) {
        (self.from, self.over) = (0, false);
    }

    /// Looks at the next rows, unless it is over.
    pub(super) fn step(&mut self, connection: &Connection, now: UnixTime, is_whole: bool) -> rusqlite::Result<Step> {
        if self.over {
            return Ok(Step::default());
        }
        let before = now.minus(self.age).as_millis();
        let Some(last) = self.range(connection, if is_whole { i64::MAX } else { before })? else {
            self.over = true;
            return Ok(Step::default());
        };
        let removed = self.remove(connection, last, before)?;
        if removed > 0 && matches!(self.what, What::DeadLetters | What::Parked) {
            tracing::warn!(target: "hookporter", events = removed, "the sweep forgets events that nobody worked");
        }
        self.from = last;
        Ok(Step { looked: true, removed: removed > 0 })
    }

    /// The last of the next few rows; `None` once none of them came in before `end`: later ones did not either, as a rule.
    fn range(&self, connection: &Connection, end: i64) -> rusqlite::Result<Option<i64>> {
        let sql = format!("SELECT max(id), min(received_at) FROM ({})", self.what.next());
        let (last, first): (Option<i64>, Option<i64>) = connection
            .prepare_cached(&sql)?
            .query_row(params![self.from, ROWS], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(last.filter(|_| first.is_some_and(|first| first < end)))
    }

    fn remove(&self, connection: &Connection, last: i64, before: i64) -> rusqlite::Result<usize> {
        let (gone, rows) = (self.what.gone(), self.what.rows());
        let of = params![self.from, last, before];
        let is_any = format!("SELECT 1 FROM {rows} WHERE {gone} LIMIT 1");
        if connection.prepare_cached(&is_any)?.query_row(of, |_| Ok(())).optional()?.is_none() {
            return Ok(0);
        }
        let whole = format!("DELETE FROM {rows} WHERE {gone}");
        if self.what == What::Requests {
            return connection.prepare_cached(&whole)?.execute(of);
        }
        let bodies = format!("DELETE FROM contents WHERE event IN (SELECT id FROM events WHERE {gone})");
        let bodies = connection.prepare_cached(&bodies)?.execute(of)?;
        if self.what == What::Bodies {
            return Ok(bodies);
        }
        for table in ["attempts", "replayed"] {
            let theirs = format!("DELETE FROM {table} WHERE event IN (SELECT id FROM events WHERE {gone})");
            connection.prepare_cached(&theirs)?.execute(of)?;
        }
        connection.prepare_cached(&whole)?.execute(of)
    }
}
