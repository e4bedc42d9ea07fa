//! Readmission as a step of the writer, and in a transaction of a tool's own.

use std::sync::Arc;

use hookporter_pipeline::inbox::EventRecord;
use hookporter_pipeline::inbox::store::Fault;
use rusqlite::{Connection, OptionalExtension};
use tokio::sync::oneshot;

use super::Readmitted;
use crate::accept::Inserts;
use crate::job::{self, Effect, Job, Step};
use crate::refused;
use crate::size::Room;

/// The events of a refused request, and who waits for the answer.
struct Readmit {
    number: i64,
    records: Vec<EventRecord>,
    room: Arc<Room>,
    answer: Option<Readmitted>,
    reply: oneshot::Sender<Result<Readmitted, Fault>>,
}

impl Step for Readmit {
    fn run<'c>(&mut self, connection: &'c Connection, inserts: &mut Inserts<'c>) -> rusqlite::Result<()> {
        self.answer = Some(refused::readmit(connection, inserts, self.number, &self.records, Some(&self.room))?);
        Ok(())
    }

    fn conclude(self: Box<Self>, fault: Option<&Fault>) {
        job::tell(self.reply, self.answer, fault);
    }

    fn wakes(&self) -> bool {
        matches!(self.answer, Some(Readmitted::Done(_)))
    }
}

/// A job that readmits a request, and its answer's other end.
pub(super) fn job(
    number: i64,
    records: Vec<EventRecord>,
    room: Arc<Room>,
) -> (Job, oneshot::Receiver<Result<Readmitted, Fault>>) {
    let weight = EventRecord::weight_of(&records);
    let (reply, answer) = oneshot::channel();
    let step = Box::new(Readmit { number, records, room, answer: None, reply });
    (Job { step, weight, effect: Effect::Writes }, answer)
}

/// Readmits a request in a transaction in which nothing else gives numbers.
pub(super) fn alone(connection: &Connection, number: i64, records: &[EventRecord]) -> rusqlite::Result<Readmitted> {
    let sql = "SELECT sealed_by IS NOT NULL FROM refused WHERE id = ?1";
    let is_sealed: Option<bool> = connection.query_row(sql, [number], |row| row.get(0)).optional()?;
    if is_sealed == Some(true) && records.iter().any(|record| record.sealed_by.is_none()) {
        return Ok(Readmitted::Sealed);
    }
    refused::readmit(connection, &mut Inserts::new(connection), number, records, None)
}
