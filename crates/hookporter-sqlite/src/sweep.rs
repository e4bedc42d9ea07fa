//! The sweep: what was worked long ago makes room, a few rows at a time.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{Clock, UnixTime};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tokio::time::Instant;

/// How many rows one step looks at. Small, since senders wait behind it: a step of 200 takes a few milliseconds.
const ROWS: i64 = 200;
/// The pause between two steps of one sweep.
const BETWEEN: Duration = Duration::from_millis(20);
/// The pause between two sweeps.
const EVERY: Duration = Duration::from_secs(600);
/// How many freed pages a step gives back to the file system.
const PAGES: i64 = 500;

/// Forgets bodies, then whole events, once they are done for long enough. Dead letters and parked events stay: nobody has
/// worked them.
#[derive(Debug)]
pub(crate) struct Sweep {
    clock: Arc<dyn Clock>,
    bodies: Duration,
    events: Duration,
    /// Where each of the two goes on.
    bodies_from: i64,
    events_from: i64,
    due: Instant,
}

impl Sweep {
    pub(crate) fn new(clock: Arc<dyn Clock>, bodies: Duration, events: Duration) -> Self {
        Self { clock, bodies, events: events.max(bodies), bodies_from: 0, events_from: 0, due: Instant::now() }
    }

    /// How long until the next step.
    pub(crate) fn patience(&self) -> Duration {
        self.due.saturating_duration_since(Instant::now())
    }

    /// Makes a step if it is time for one; whether it may have changed the file.
    pub(crate) fn step_if_due(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        let now = Instant::now();
        if now < self.due {
            return Ok(false);
        }
        let step = self.step(connection);
        let pause = if step.as_ref().is_ok_and(|goes_on| *goes_on) { BETWEEN } else { EVERY };
        self.due = now.checked_add(pause).unwrap_or(now);
        step
    }

    /// Whether there is more to look at.
    pub(crate) fn step(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        let now = self.clock.now();
        // Immediate: another process may write between what this one reads and what it deletes.
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        let last = range(&transaction, self.bodies_from, now.minus(self.bodies))?;
        if let Some(last) = last {
            let sql = "DELETE FROM contents WHERE event IN \
                (SELECT id FROM events WHERE id > ?1 AND id <= ?2 AND state = 'done' AND finished_at < ?3)";
            let before = now.minus(self.bodies).as_millis();
            transaction.prepare_cached(sql)?.execute(params![self.bodies_from, last, before])?;
        }
        self.bodies_from = last.unwrap_or(0);
        let gone = range(&transaction, self.events_from, now.minus(self.events))?;
        if let Some(gone) = gone {
            forget(&transaction, self.events_from, gone, now.minus(self.events))?;
        }
        self.events_from = gone.unwrap_or(0);
        transaction.commit()?;
        if gone.is_some() || last.is_some() {
            let mut vacuum = connection.prepare(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
            let mut rows = vacuum.query([])?;
            // A page with each row.
            while rows.next()?.is_some() {}
        }
        Ok(gone.is_some() || last.is_some())
    }
}

/// The last of the next few rows; `None` once none of them came in before a moment, since later ones did not either.
fn range(connection: &Connection, from: i64, before: UnixTime) -> rusqlite::Result<Option<i64>> {
    let sql =
        "SELECT max(id), min(received_at) FROM (SELECT id, received_at FROM events WHERE id > ?1 ORDER BY id LIMIT ?2)";
    let (last, first_received): (Option<i64>, Option<i64>) =
        connection.prepare_cached(sql)?.query_row(params![from, ROWS], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(last.filter(|_| first_received.is_some_and(|received| received < before.as_millis())))
}

fn forget(connection: &Connection, from: i64, last: i64, before: UnixTime) -> rusqlite::Result<()> {
    let gone = "id > ?1 AND id <= ?2 AND state = 'done' AND finished_at < ?3";
    for sql in [
        format!("DELETE FROM contents WHERE event IN (SELECT id FROM events WHERE {gone})"),
        format!("DELETE FROM attempts WHERE event IN (SELECT id FROM events WHERE {gone})"),
        format!("DELETE FROM replayed WHERE event IN (SELECT id FROM events WHERE {gone})"),
        format!("DELETE FROM events WHERE {gone}"),
    ] {
        connection.prepare_cached(&sql)?.execute(params![from, last, before.as_millis()])?;
    }
    Ok(())
}
