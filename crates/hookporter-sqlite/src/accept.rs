//! Taking records over.

use std::sync::Arc;

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::store::{Fault, columns};
use hookporter_pipeline::inbox::{Accepted, EventRecord};
use hookporter_pipeline::journal::{Brought, Notes};
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};
use tokio::sync::oneshot;

use crate::job::{self, Job, Step};
use crate::size::Room;
use crate::{lane, row};

/// What acceptances need, once for all of a transaction: two statements, and the numbers that they give.
pub(crate) struct Inserts<'c> {
    connection: &'c Connection,
    event: Option<CachedStatement<'c>>,
    contents: Option<CachedStatement<'c>>,
    /// The last number that was given, once it is known.
    last: Option<i64>,
}

impl<'c> Inserts<'c> {
    pub(crate) const fn new(connection: &'c Connection) -> Self {
        Self { connection, event: None, contents: None, last: None }
    }

    /// The next number; it is given with [`Inserts::give`].
    fn next(&self) -> rusqlite::Result<i64> {
        let last = match self.last {
            Some(last) => last,
            None => {
                let sql = "SELECT max((SELECT last FROM numbered), (SELECT coalesce(max(id), 0) FROM events))";
                self.connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?
            }
        };
        last.checked_add(1).ok_or(rusqlite::Error::IntegralValueOutOfRange(0, last))
    }

    /// An event has this number now: no other one gets it.
    const fn give(&mut self, number: i64) {
        self.last = Some(number);
    }

    fn event(&mut self) -> rusqlite::Result<&mut CachedStatement<'c>> {
        // Only what identifies the event makes it a duplicate: a number that is taken is an error.
        const SQL: &str = "INSERT INTO events (state, endpoint, tenant, identity, due_at, provider, event_id, event_type, \
             api_version, signed, received_at, lane, id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
             ON CONFLICT (identity, tenant, endpoint) WHERE identity IS NOT NULL DO NOTHING";
        fetched(&mut self.event, self.connection, SQL)
    }

    fn contents(&mut self) -> rusqlite::Result<&mut CachedStatement<'c>> {
        const SQL: &str = "INSERT OR REPLACE INTO contents (event, format, method, target, headers, body, payload, coverage, \
             key_id, sent_at, peer, sealed_by, trace) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
        fetched(&mut self.contents, self.connection, SQL)
    }
}

fn fetched<'a, 'c>(
    kept: &'a mut Option<CachedStatement<'c>>,
    connection: &'c Connection,
    sql: &str,
) -> rusqlite::Result<&'a mut CachedStatement<'c>> {
    let statement = match kept.take() {
        Some(statement) => statement,
        None => connection.prepare_cached(sql)?,
    };
    Ok(kept.insert(statement))
}

/// What became of the records of a request.
pub(crate) struct Answer {
    /// One for each record; `None` where there was no room.
    pub(crate) accepted: Option<Vec<Accepted>>,
    /// They go back to be freed where they were made: the writer has no time for it.
    _records: Vec<EventRecord>,
}

/// The records of one request, and who waits for the answer.
struct Accept {
    records: Vec<EventRecord>,
    room: Arc<Room>,
    /// Made where the records were, for the same reason.
    accepted: Vec<Accepted>,
    is_full: bool,
    /// Where it is noted what the first record brought, and what that is.
    notes: Option<Arc<Notes>>,
    brought: Option<Brought>,
    reply: oneshot::Sender<Result<Answer, Fault>>,
}

impl Step for Accept {
    fn run<'c>(&mut self, connection: &'c Connection, inserts: &mut Inserts<'c>) -> rusqlite::Result<()> {
        self.accepted.clear();
        self.brought = None;
        self.is_full = self.room.is_full(connection)?;
        if !self.is_full {
            let numbers = if self.notes.is_some() { Numbers::Wanted } else { Numbers::NotWanted };
            for (at, record) in self.records.iter().enumerate() {
                let numbers = if at == 0 { numbers } else { Numbers::NotWanted };
                let (told, number) = accept(connection, inserts, record, numbers)?;
                if let (0, Some(event)) = (at, number) {
                    let is_new = matches!(told, Accepted::New) && self.records.len() == 1;
                    self.brought = Some(Brought { event, is_new });
                }
                self.accepted.push(told);
            }
        }
        Ok(())
    }

    fn conclude(self: Box<Self>, fault: Option<&Fault>) {
        if let (Some(notes), Some(brought), None) = (&self.notes, self.brought, fault)
            && let Some(trace) = self.records.first().and_then(|record| record.trace)
        {
            if matches!(self.accepted.first(), Some(Accepted::Requeued)) {
                notes.changes(Some(brought.event));
            }
            notes.brought(trace, brought);
        }
        let accepted = (!self.is_full).then_some(self.accepted);
        job::tell(self.reply, Some(Answer { accepted, _records: self.records }), fault);
    }

    fn wakes(&self) -> bool {
        !self.is_full
    }
}

/// A job that takes these records over, all or none, and its answer's other end.
pub(crate) fn job(
    records: Vec<EventRecord>,
    room: Arc<Room>,
    notes: Option<Arc<Notes>>,
) -> (Job, oneshot::Receiver<Result<Answer, Fault>>) {
    let weight = EventRecord::weight_of(&records);
    let (reply, answer) = oneshot::channel();
    let accepted = Vec::with_capacity(records.len());
    let accept = Accept { records, room, accepted, is_full: false, notes, brought: None, reply };
    (Job { step: Box::new(accept), weight, effect: job::Effect::Writes }, answer)
}

/// Whether the number of an event is to be looked up that is here already: for the journal.
#[derive(Debug, Clone, Copy)]
enum Numbers {
    Wanted,
    NotWanted,
}

/// Takes records over in a transaction of the caller's, with its inserts: no other ones give numbers in it.
pub(crate) fn all(
    connection: &Connection,
    inserts: &mut Inserts<'_>,
    records: &[EventRecord],
) -> rusqlite::Result<Vec<Accepted>> {
    records.iter().map(|record| Ok(accept(connection, inserts, record, Numbers::NotWanted)?.0)).collect()
}

/// Keeps a record, unless its event is here already; and the event's number, where it is known or wanted.
fn accept(
    connection: &Connection,
    inserts: &mut Inserts<'_>,
    record: &EventRecord,
    numbers: Numbers,
) -> rusqlite::Result<(Accepted, Option<i64>)> {
    let received = record.received_at.as_millis();
    let tenant = record.tenant.as_deref().unwrap_or_default();
    let (state, due) = state(connection, record)?;
    let number = inserts.next()?;
    let inserted = inserts.event()?.execute(params![
        state,
        record.endpoint,
        tenant,
        record.identity,
        due,
        record.provider,
        row::text(record.event_id.as_ref()),
        row::text(record.event_type.as_ref()),
        row::text(record.api_version.as_ref()),
        columns::signed(record),
        received,
        record.lane,
        number,
    ])?;
    if inserted == 0 {
        return seen_before(connection, inserts, record, numbers);
    }
    inserts.give(number);
    keep_contents(inserts, number, record)?;
    Ok((Accepted::New, Some(number)))
}

/// Keeps the contents of an event.
pub(crate) fn keep_contents(inserts: &mut Inserts<'_>, event: i64, record: &EventRecord) -> rusqlite::Result<()> {
    inserts.contents()?.execute(params![
        event,
        record.format,
        record.method,
        record.target,
        columns::lines(&record.headers),
        &record.body[..],
        record.payload.as_deref(),
        record.coverage.as_str(),
        record.key_id,
        record.sent_at.map(UnixTime::as_millis),
        record.peer,
        record.sealed_by,
        record.trace.map(|trace| trace.to_bits().cast_signed()),
    ])?;
    Ok(())
}

/// A further delivery: of a dead letter it is the wish to try again, with the contents and the labels that came
/// now. Those that were kept may be what killed it.
///
/// Only so often: a sender that never stops must not have the same event worked for ever. Each round of attempts ends with as
/// many as the worker allows, or with the one whose function gave up at once, so the bound goes by both: about ten rounds, or
/// a hundred attempts, whichever is more. After that it is a duplicate, and only a person requeues it.
fn seen_before(
    connection: &Connection,
    inserts: &mut Inserts<'_>,
    record: &EventRecord,
    numbers: Numbers,
) -> rusqlite::Result<(Accepted, Option<i64>)> {
    let tenant = record.tenant.as_deref().unwrap_or_default();
    let (state, due) = state(connection, record)?;
    let requeued = connection
        .prepare_cached(
            "UPDATE events SET state = ?4, due_at = ?5, attempts = 0, finished_at = NULL, lane = ?6, provider = ?7, \
             event_id = ?8, event_type = ?9, api_version = ?10, signed = ?11 \
             WHERE endpoint = ?1 AND tenant = ?2 AND identity = ?3 AND state = 'dead' AND epoch < max(100, 10 * attempts) \
             RETURNING id",
        )?
        .query_row(
            params![
                record.endpoint,
                tenant,
                record.identity,
                state,
                due,
                record.lane,
                record.provider,
                row::text(record.event_id.as_ref()),
                row::text(record.event_type.as_ref()),
                row::text(record.api_version.as_ref()),
                columns::signed(record),
            ],
            |row| row.get::<_, i64>(0),
        )
        .optional()?;
    if let Some(event) = requeued {
        keep_contents(inserts, event, record)?;
        return Ok((Accepted::Requeued, Some(event)));
    }
    let first = match numbers {
        Numbers::Wanted => first(connection, record, tenant)?,
        Numbers::NotWanted => None,
    };
    Ok((Accepted::Duplicate, first))
}

/// The number of the event that a record is a copy of.
fn first(connection: &Connection, record: &EventRecord, tenant: &str) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT id FROM events WHERE endpoint = ?1 AND tenant = ?2 AND identity = ?3";
    let of = params![record.endpoint, tenant, record.identity];
    connection.prepare_cached(sql)?.query_row(of, |row| row.get(0)).optional()
}

/// The state of an event that comes in, and when it is due: behind others of its lane, once they are finished.
fn state(connection: &Connection, record: &EventRecord) -> rusqlite::Result<(&'static str, Option<i64>)> {
    if record.parked {
        return Ok(("parked", None));
    }
    let tenant = record.tenant.as_deref().unwrap_or_default();
    let busy = match &record.lane {
        Some(lane) => lane::is_busy(connection, &record.endpoint, tenant, lane)?,
        None => false,
    };
    Ok(("waiting", (!busy).then(|| record.received_at.as_millis())))
}
