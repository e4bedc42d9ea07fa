//! The writer's part: takes what waits to be kept, a little at a time, behind everything else.

use std::sync::Arc;
use std::time::Duration;

use hookporter_pipeline::inbox::store::Sealing;
use hookporter_pipeline::operating::RefusedRequest;
use hookporter_pipeline::quarantine::RefusedQueue;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::time::Instant;

use super::bounds;
use crate::size::Room;

/// What one step keeps: senders wait behind it.
const STEP: usize = 100;
const STEP_BYTES: usize = 1024 * 1024;
/// The pause between two of them: a flood of strangers costs four syncs a second and no more.
const PAUSE: Duration = Duration::from_millis(250);

/// It is not said more often than this that some are lost.
const SAID_EVERY: Duration = Duration::from_secs(60);

/// Keeps refused requests.
pub(crate) struct Keeper {
    queue: Arc<RefusedQueue>,
    room: Arc<Room>,
    sealing: Sealing,
    due: Instant,
    /// How many were lost, of which it was not said yet, and when it was last said.
    lost: u64,
    told: Option<Instant>,
}

impl Keeper {
    pub(crate) fn new(queue: Arc<RefusedQueue>, room: Arc<Room>, sealing: Sealing) -> Self {
        Self { queue, room, sealing, due: Instant::now(), lost: 0, told: None }
    }

    /// Keeps nothing more: its part of the file is damaged. What waits is lost.
    pub(crate) fn stop(&mut self) {
        self.queue.switch_off(true);
        self.tell("the quarantine is damaged");
    }

    /// Keeps again, with another connection or another file.
    pub(crate) fn resume(&mut self) {
        self.queue.switch_off(false);
    }

    /// How long until there is something to do, at the most.
    pub(crate) fn patience(&self) -> Duration {
        if self.queue.is_empty() { Duration::MAX } else { self.due.saturating_duration_since(Instant::now()) }
    }

    /// Keeps the next few if it is time to. Whether it changed the file.
    pub(crate) fn step_if_due(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        let now = Instant::now();
        if now < self.due || self.queue.is_empty() {
            return Ok(false);
        }
        // Also after a failure: not at once again.
        self.due = now.checked_add(PAUSE).unwrap_or(now);
        self.step(connection)
    }

    /// Keeps all that waits: the inbox is being closed.
    pub(crate) fn finish(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        while !self.queue.is_empty() && self.step(connection)? {}
        // Nobody takes what still waits.
        self.queue.switch_off(true);
        self.told = None;
        self.tell("the inbox has no room, and is closed");
        Ok(())
    }

    /// Nothing is taken before there is a lock and room for it: till then it waits.
    fn step(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        if self.room.is_full(&transaction)? {
            self.tell("the inbox is full");
            return Ok(false);
        }
        let requests = self.queue.take(STEP, STEP_BYTES);
        let count = requests.len();
        let kept = self.keep(transaction, requests);
        if !matches!(kept, Ok(true)) {
            self.lost = self.lost.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        }
        self.tell("more came than there is room for, or they could not be written");
        kept
    }

    fn keep(&self, transaction: Transaction<'_>, requests: Vec<RefusedRequest>) -> rusqlite::Result<bool> {
        let sizes: Vec<_> = requests.iter().map(|request| request.body.len()).collect();
        let sealed: Result<Vec<RefusedRequest>, _> =
            requests.into_iter().map(|request| self.sealing.seal_refused(request)).collect();
        match sealed {
            Ok(requests) => {
                bounds::keep(&transaction, &requests, &sizes, self.queue.bounds())?;
                transaction.commit()?;
                Ok(true)
            }
            Err(fault) => {
                tracing::error!(target: "hookporter", "refused requests are not kept: {fault}");
                Ok(false)
            }
        }
    }

    /// Says now and then how many were lost.
    fn tell(&mut self, why: &str) {
        self.lost = self.lost.saturating_add(self.queue.take_lost());
        if self.lost > 0 && self.told.is_none_or(|told| told.elapsed() >= SAID_EVERY) {
            self.told = Some(Instant::now());
            let requests = std::mem::take(&mut self.lost);
            tracing::warn!(target: "hookporter", requests, "refused requests were not kept: {why}");
        }
    }
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
