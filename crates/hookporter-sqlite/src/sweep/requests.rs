//! Requests that the journal has told of for long enough.

use std::time::Duration;

use hookporter_core::UnixTime;
use rusqlite::{Connection, params};

use super::{ROWS, Step};

/// A pass over the journal, in the order of its numbers.
#[derive(Debug)]
pub(super) struct Requests {
    age: Duration,
    from: i64,
    over: bool,
}

impl Requests {
    pub(super) const fn new(age: Duration) -> Self {
        Self { age, from: 0, over: false }
    }

    /// Begins again.
    pub(super) const fn begin(&mut self) {
        (self.from, self.over) = (0, false);
    }

    /// Looks at the next rows, unless it is over, as it is where none of them is old: later ones are not either, as a rule.
    pub(super) fn step(&mut self, connection: &Connection, now: UnixTime, is_whole: bool) -> rusqlite::Result<Step> {
        if self.over {
            return Ok(Step::default());
        }
        let before = now.minus(self.age).as_millis();
        let sql = "SELECT max(id), min(at) FROM (SELECT id, at FROM requests WHERE id > ?1 ORDER BY id LIMIT ?2)";
        let (last, first): (Option<i64>, Option<i64>) =
            connection.prepare_cached(sql)?.query_row([self.from, ROWS], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let is_old = first.is_some_and(|first| first < before);
        let Some(last) = last.filter(|_| is_old || is_whole) else {
            self.over = true;
            return Ok(Step::default());
        };
        let removed = if is_old {
            let sql = "DELETE FROM requests NOT INDEXED WHERE id > ?1 AND id <= ?2 AND at < ?3";
            connection.prepare_cached(sql)?.execute(params![self.from, last, before])?
        } else {
            0
        };
        self.from = last;
        Ok(Step { looked: true, removed: removed > 0 })
    }
}
