//! The writer's part: takes what waits to be kept, a little at a time, behind everything else.

use std::sync::Arc;
use std::time::Duration;

use hookporter_pipeline::inbox::store::Sealing;
use hookporter_pipeline::operating::RefusedRequest;
use hookporter_pipeline::quarantine::{RefusedQueue, RefusedTurns};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::bounds;
use crate::size::Room;

/// Keeps refused requests.
pub(crate) struct Keeper {
    turns: RefusedTurns,
    room: Arc<Room>,
    sealing: Sealing,
}

impl Keeper {
    pub(crate) fn new(queue: Arc<RefusedQueue>, room: Arc<Room>, sealing: Sealing) -> Self {
        Self { turns: RefusedTurns::new(queue), room, sealing }
    }

    /// Keeps nothing more: its part of the file is damaged. What waits is lost.
    pub(crate) fn stop(&mut self) {
        self.turns.stop("the quarantine is damaged");
    }

    /// Keeps again, with another connection or another file.
    pub(crate) fn resume(&mut self) {
        self.turns.queue().switch_off(false);
    }

    /// How long until there is something to do, at the most.
    pub(crate) fn patience(&self) -> Duration {
        self.turns.patience()
    }

    /// Keeps the next few if it is time to. Whether it changed the file.
    pub(crate) fn step_if_due(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        if !self.turns.is_due() {
            return Ok(false);
        }
        self.turns.begin();
        self.step(connection)
    }

    /// Keeps all that waits: the inbox is being closed.
    pub(crate) fn finish(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        while !self.turns.queue().is_empty() && self.step(connection)? {}
        // Nobody takes what still waits.
        self.turns.end("the inbox has no room, and is closed");
        Ok(())
    }

    /// Nothing is taken before there is a lock and room for it: till then it waits.
    fn step(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        if self.room.is_full(&transaction)? {
            self.turns.tell("the inbox is full");
            return Ok(false);
        }
        let requests = self.turns.take();
        let kept = self.keep(transaction, requests);
        if matches!(kept, Ok(true)) {
            self.turns.kept();
        }
        self.turns.tell("more came than there is room for, or they could not be written");
        kept
    }

    fn keep(&self, transaction: Transaction<'_>, requests: Vec<RefusedRequest>) -> rusqlite::Result<bool> {
        let sizes: Vec<_> = requests.iter().map(|request| request.body.len()).collect();
        let sealed: Result<Vec<RefusedRequest>, _> =
            requests.into_iter().map(|request| self.sealing.seal_refused(request)).collect();
        match sealed {
            Ok(requests) => {
                bounds::keep(&transaction, &requests, &sizes, self.turns.queue().bounds())?;
                transaction.commit()?;
                Ok(true)
            }
            Err(fault) => {
                tracing::error!(target: "hookporter", "refused requests are not kept: {fault}");
                Ok(false)
            }
        }
    }
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
