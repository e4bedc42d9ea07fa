//! An effect of the user's and the completion of its event: one step of a transaction.

use std::any::Any;
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::store::Fault;
use hookporter_pipeline::inbox::{LeaseId, Settled, WorkError};
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::accept::Inserts;
use crate::guest::{self, Savepoint};
use crate::job::{Job, Step};
use crate::settle;

pub(crate) type Function = dyn Fn(&Event, &Connection) -> Result<(), WorkError> + Send + Sync;

/// How it ended.
pub(crate) enum End {
    Settled(Settled),
    /// The function failed; nothing was done.
    Failed(WorkError),
    Panicked(Box<dyn Any + Send>),
    /// Others took the time that effects have in one transaction: it is to be asked for again.
    Postponed,
}

/// What is to be done.
#[derive(Clone)]
pub(crate) struct Task {
    pub(crate) function: Arc<Function>,
    pub(crate) event: Arc<Event>,
    pub(crate) id: LeaseId,
    pub(crate) now: UnixTime,
    pub(crate) longest: Duration,
}

struct Effect {
    task: Task,
    end: End,
    wakes: bool,
    /// It ended the transaction of others. These are done again, it is not.
    broke: bool,
    reply: oneshot::Sender<Result<End, Fault>>,
}

thread_local! {
    /// How long the effects of the present transaction took.
    static SPENT: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// The job of an effect, and its answer's other end.
pub(crate) fn job(task: Task) -> (Job, oneshot::Receiver<Result<End, Fault>>) {
    let (reply, answer) = oneshot::channel();
    let step = Effect { task, end: End::Postponed, wakes: false, broke: false, reply };
    (Job { step: Box::new(step), weight: 0, effect: crate::job::Effect::Writes }, answer)
}

impl Step for Effect {
    fn run<'c>(&mut self, connection: &'c Connection, _: &mut Inserts<'c>) -> rusqlite::Result<()> {
        if self.broke {
            return Ok(());
        }
        (self.end, self.wakes) = (End::Postponed, false);
        if SPENT.get() >= self.task.longest {
            return Ok(());
        }
        let savepoint = Savepoint::begin(connection)?;
        // First, since it compares the epoch: whoever has lost the lease has no effect.
        let (settled, makes_way) = settle::complete(connection, self.task.id, self.task.now)?;
        let kept = if settled == Settled::Done && !self.call(connection) {
            savepoint.undo()
        } else {
            self.end = End::Settled(settled);
            self.wakes = makes_way;
            savepoint.keep()
        };
        if let Err(error) = &kept {
            self.broke = true;
            self.wakes = false;
            if matches!(self.end, End::Settled(_)) {
                self.end = End::Failed(WorkError::retry(error.to_string()));
            }
        }
        kept
    }

    fn conclude(self: Box<Self>, fault: Option<&Fault>) {
        SPENT.set(Duration::ZERO);
        let answer = match fault {
            Some(fault) if !self.broke => Err(fault.clone()),
            _ => Ok(self.end),
        };
        // Whoever asked may be gone; what is done is done.
        let _ = self.reply.send(answer);
    }

    fn wakes(&self) -> bool {
        self.wakes
    }
}

impl Effect {
    /// Calls the function; whether it succeeded.
    fn call(&mut self, connection: &Connection) -> bool {
        let Task { function, event, longest, .. } = &self.task;
        let said = guest::call(Some(*longest), || function(event, connection));
        SPENT.set(SPENT.get().saturating_add(said.took));
        let limit = longest.as_millis();
        if said.took > *longest {
            let took = said.took.as_millis();
            tracing::warn!(target: "hookporter", event = event.number(), took, limit, "senders waited for a slow effect");
        }
        self.end = match said.answer {
            Ok(Ok(())) => return true,
            // SQLite says no more than "interrupted".
            Ok(Err(error)) if said.stopped => End::Failed(WorkError::retry(format!(
                "the effect took longer than {limit} ms and was stopped: {error}"
            ))),
            Ok(Err(error)) => End::Failed(error),
            Err(panic) => End::Panicked(panic),
        };
        false
    }
}
