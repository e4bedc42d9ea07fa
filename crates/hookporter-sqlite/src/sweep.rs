//! The sweep: what was worked long ago makes room, a few rows at a time.

mod by_size;
mod pass;

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{Clock, UnixTime};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tokio::time::Instant;

use self::by_size::BySize;
use self::pass::{Pass, What};
use crate::{Settings, damage, refused};

/// How many rows one step looks at. Small, since senders wait behind it: a step of 200 takes a few milliseconds.
const ROWS: i64 = 200;
/// The pause between two steps of one sweep.
const BETWEEN: Duration = Duration::from_millis(20);
/// The pause between two sweeps.
const EVERY: Duration = Duration::from_secs(600);
/// The first sweep and every so manieth, about one a day, looks at every row. The others end where nothing is old any more,
/// which rows that came in under a wrong clock can hide.
const WHOLE: u32 = 144;
/// How many freed pages a step gives back to the file system.
const PAGES: i64 = 500;

/// Forgets bodies, then whole events, once they are done for long enough, and bodies earlier where the file is too large.
/// Dead letters and parked events stay unless it is told how long: nobody has worked them.
#[derive(Debug)]
pub(crate) struct Sweep {
    clock: Arc<dyn Clock>,
    passes: Vec<Pass>,
    by_size: Option<BySize>,
    /// How long refused requests are kept.
    refused: Duration,
    count: u32,
    due: Instant,
}

/// What a step did.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Step {
    /// It looked at rows: there may be more of them, and the file may have changed.
    pub(crate) looked: bool,
    /// It deleted something.
    pub(crate) removed: bool,
}

impl Step {
    fn and(self, other: Self) -> Self {
        Self { looked: self.looked || other.looked, removed: self.removed || other.removed }
    }
}

impl Sweep {
    pub(crate) fn new(settings: &Settings) -> Self {
        let done = [(What::Bodies, settings.bodies), (What::Events, settings.events.max(settings.bodies))];
        let unworked = settings.unworked.map(|age| [(What::DeadLetters, age), (What::Parked, age)]);
        let requests = settings.keeping().map(|journal| (What::Requests, journal.age));
        let all = done.into_iter().chain(unworked.into_iter().flatten()).chain(requests);
        Self {
            clock: settings.clock.clone(),
            passes: all.map(|(what, age)| Pass::new(what, age)).collect(),
            by_size: settings.size().map(BySize::new),
            refused: settings.refused,
            count: 0,
            due: Instant::now(),
        }
    }

    /// How long until the next step.
    pub(crate) fn patience(&self) -> Duration {
        let due = self.by_size.as_ref().map_or(self.due, |by_size| by_size.due.min(self.due));
        due.saturating_duration_since(Instant::now())
    }

    /// Makes a step if it is time for one.
    pub(crate) fn step_if_due(&mut self, connection: &Connection) -> rusqlite::Result<Step> {
        let now = Instant::now();
        let mut step = Step::default();
        if now >= self.due {
            // Also after a failure: not at once again.
            self.due = now.checked_add(EVERY).unwrap_or(now);
            step = self.step(connection)?;
            if step.looked {
                self.due = now.checked_add(BETWEEN).unwrap_or(now);
            }
        }
        if let Some(by_size) = &mut self.by_size
            && now >= by_size.due
        {
            step = step.and(by_size.step(connection, now)?);
        }
        if step.looked {
            give_back(connection)?;
        }
        Ok(step)
    }

    /// Each pass makes a step, unless it is over in this sweep; a sweep is over when all are.
    fn step(&mut self, connection: &Connection) -> rusqlite::Result<Step> {
        let now = self.clock.now();
        let is_whole = self.count.is_multiple_of(WHOLE);
        let mut step = Step::default();
        // Immediate: another process may write between what this one reads and what it deletes.
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        for pass in &mut self.passes {
            step = step.and(pass.step(&transaction, now, is_whole)?);
        }
        if !step.looked {
            due_now(&transaction, now.as_millis())?;
            self.passes.iter_mut().for_each(Pass::begin);
            self.count = self.count.wrapping_add(1);
        }
        transaction.commit()?;
        let refused = match forget_old(connection, now.minus(self.refused)) {
            // Where only what was refused is damaged, the rest is swept all the same.
            Err(error) if damage::is_damage(&error) => false,
            forgotten => forgotten? > 0,
        };
        Ok(step.and(Step { looked: refused, removed: refused }))
    }
}

/// Refused requests, in a transaction of their own.
fn forget_old(connection: &Connection, before: UnixTime) -> rusqlite::Result<usize> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let forgotten = refused::forget_before(&transaction, before)?;
    transaction.commit()?;
    Ok(forgotten)
}

/// What came in while the clock was ahead is not to wait until that moment. Workers find it when they look by themselves.
fn due_now(connection: &Connection, now: i64) -> rusqlite::Result<()> {
    let sql =
        "UPDATE events SET due_at = ?1 WHERE due_at > ?1 AND received_at > ?1 AND state = 'waiting' AND attempts = 0";
    connection.prepare_cached(sql)?.execute(params![now])?;
    Ok(())
}

/// Gives free pages back to the file system.
fn give_back(connection: &Connection) -> rusqlite::Result<()> {
    let mut vacuum = connection.prepare(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
    let mut rows = vacuum.query([])?;
    // A page with each row.
    while rows.next()?.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests;
