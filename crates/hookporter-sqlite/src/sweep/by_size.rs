//! Bodies that go early, since the file is too large.

use std::time::Duration;

use rusqlite::{Connection, params};
use tokio::time::Instant;

use super::{BETWEEN, ROWS, Step};
use crate::size::Size;

/// How often the size is looked at.
const EVERY: Duration = Duration::from_secs(5);

/// Takes the oldest bodies of events that are done, until the file is small enough.
#[derive(Debug)]
pub(super) struct BySize {
    /// In bytes.
    keep: u64,
    from: i64,
    pub(super) due: Instant,
}

/// The next bodies.
struct Next {
    event: i64,
    bytes: u64,
    is_done: bool,
}

impl BySize {
    pub(super) fn new(keep: u64) -> Self {
        Self { keep, from: 0, due: Instant::now() }
    }

    pub(super) fn step(&mut self, connection: &Connection, now: Instant) -> rusqlite::Result<Step> {
        // Also after a failure: not at once again.
        self.due = now.checked_add(EVERY).unwrap_or(now);
        let mut excess = Size::of(connection)?.used.saturating_sub(self.keep);
        let next = if excess > 0 { self.next(connection)? } else { Vec::new() };
        let mut last = None;
        for next in next {
            if excess == 0 {
                break;
            }
            if next.is_done {
                excess = excess.saturating_sub(next.bytes);
            }
            last = Some(next.event);
        }
        let Some(last) = last else {
            // Small enough, or nothing is left that may go.
            self.from = 0;
            return Ok(Step::default());
        };
        let sql =
            "DELETE FROM contents WHERE event IN (SELECT id FROM events WHERE id > ?1 AND id <= ?2 AND state = 'done')";
        let removed = connection.prepare_cached(sql)?.execute(params![self.from, last])?;
        self.from = last;
        self.due = now.checked_add(BETWEEN).unwrap_or(now);
        Ok(Step { looked: true, removed: removed > 0 })
    }

    fn next(&self, connection: &Connection) -> rusqlite::Result<Vec<Next>> {
        let sql = "SELECT event, length(body) + length(headers) + coalesce(length(payload), 0), state = 'done' \
            FROM contents CROSS JOIN events ON id = event WHERE event > ?1 ORDER BY event LIMIT ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let next = statement.query_map(params![self.from, ROWS], |row| {
            let bytes = u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0);
            Ok(Next { event: row.get(0)?, bytes, is_done: row.get(2)? })
        })?;
        next.collect()
    }
}
