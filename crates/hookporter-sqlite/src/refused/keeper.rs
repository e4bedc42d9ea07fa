//! The writer's part: takes what waits to be kept, a little at a time, behind everything else.

use std::sync::Arc;
use std::time::Duration;

use hookporter_pipeline::operating::RefusedRequest;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::time::Instant;

use super::bounds;
use crate::refused::RefusedQueue;
use crate::sealing::Sealing;
use crate::size::Room;

/// What one step keeps: senders wait behind it.
const STEP: usize = 100;
const STEP_BYTES: usize = 1024 * 1024;
/// The pause between two of them: a flood of strangers costs four syncs a second and no more.
const PAUSE: Duration = Duration::from_millis(250);

/// Keeps refused requests.
pub(crate) struct Keeper {
    queue: Arc<RefusedQueue>,
    room: Arc<Room>,
    sealing: Sealing,
    due: Instant,
    /// Its part of the file is damaged.
    stopped: bool,
}

impl Keeper {
    pub(crate) fn new(queue: Arc<RefusedQueue>, room: Arc<Room>, sealing: Sealing) -> Self {
        Self { queue, room, sealing, due: Instant::now(), stopped: false }
    }

    /// Keeps nothing more; what waits is lost.
    pub(crate) const fn stop(&mut self) {
        self.stopped = true;
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
    pub(crate) fn finish(&self, connection: &Connection) -> rusqlite::Result<()> {
        while !self.queue.is_empty() {
            self.step(connection)?;
        }
        Ok(())
    }

    fn step(&self, connection: &Connection) -> rusqlite::Result<bool> {
        let (requests, lost) = self.queue.take(STEP, STEP_BYTES);
        if lost > 0 {
            tracing::warn!(target: "hookporter", requests = lost, "refused requests were not kept: more came than there is room for");
        }
        if self.room.is_full(connection)? {
            return Ok(false);
        }
        let sizes: Vec<_> = requests.iter().map(|request| request.body.len()).collect();
        let requests: Result<Vec<RefusedRequest>, _> =
            requests.into_iter().map(|request| self.sealing.seal_refused(request)).collect();
        let requests = match requests {
            Ok(requests) => requests,
            Err(fault) => {
                tracing::error!(target: "hookporter", "refused requests were not kept: {fault}");
                return Ok(false);
            }
        };
        if self.stopped {
            return Ok(false);
        }
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        bounds::keep(&transaction, &requests, &sizes, self.queue.bounds)?;
        transaction.commit()?;
        Ok(true)
    }
}
