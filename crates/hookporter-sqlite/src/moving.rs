//! Events on their way into another store, and out of one.

use bytes::Bytes;
use hookporter_core::UnixTime;
use hookporter_pipeline::BoxFuture;
use hookporter_pipeline::inbox::store::columns;
use hookporter_pipeline::inbox::{EventRecord, InboxError};
use hookporter_pipeline::operating::{Moved, MovingSide, Original, State, TakenOver};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use crate::accept::Inserts;
use crate::{Desk, accept, claim, edit, lane, log, row};

impl MovingSide for Desk {
    fn moved(&self, number: i64) -> BoxFuture<'static, Result<Option<Moved>, InboxError>> {
        self.look(move |connection| moved(connection, number))
    }

    fn take_over(
        &self,
        events: Vec<Moved>,
        reserve: u32,
        now: UnixTime,
    ) -> BoxFuture<'static, Result<Vec<TakenOver>, InboxError>> {
        self.change(move |connection| {
            let taken = events.iter().map(|event| take_over(connection, event, now));
            let taken = taken.collect::<rusqlite::Result<Vec<_>>>()?;
            let kept = events.iter().zip(&taken).filter(|(_, taken)| **taken == TakenOver::Kept);
            if let Some(last) = kept.map(|(event, _)| event.listed.number).max() {
                let sql = "UPDATE numbered SET last = ?1 WHERE last < ?1";
                connection.execute(sql, [last.saturating_add(reserve.into())])?;
            }
            Ok((taken, true))
        })
    }
}

/// All that is kept of an event, as it is in one transaction.
fn moved(connection: &Connection, number: i64) -> rusqlite::Result<Option<Moved>> {
    let snapshot = connection.unchecked_transaction()?;
    let Some(listed) = log::listed_one(&snapshot, number)? else { return Ok(None) };
    let kept = claim::record(&snapshot, number)?;
    let has_contents = kept.is_some();
    let record = kept.unwrap_or_else(|| EventRecord::new(&listed.endpoint, Bytes::new(), listed.received_at));
    let sql = "SELECT tenant, identity, provider, event_id, event_type, api_version, signed, lane, epoch FROM events WHERE id = ?1";
    let (record, claims) = snapshot.query_row(sql, [number], |row| told(row, record))?;
    let attempts = log::attempts(&snapshot, number)?;
    let original = edit::original(&snapshot, number)?;
    Ok(Some(Moved { listed, record, has_contents, claims, attempts, original }))
}

/// The record with what tells the event from others, and its labels as they came; how often it was lent.
fn told(row: &Row<'_>, record: EventRecord) -> rusqlite::Result<(EventRecord, u64)> {
    let signed: i64 = row.get(6)?;
    let mut record = record;
    record.tenant = Some(row.get::<_, String>(0)?).filter(|tenant| !tenant.is_empty());
    record.identity = row.get(1)?;
    record.provider = row.get(2)?;
    columns::label(&mut record, [row.get(3)?, row.get(4)?, row.get(5)?], signed);
    record.lane = row.get(7)?;
    Ok((record, u64::try_from(row.get::<_, i64>(8)?).unwrap_or(0)))
}

/// What is here of an event that comes from elsewhere.
struct Here {
    number: i64,
    state: State,
    claims: u64,
}

fn take_over(connection: &Connection, event: &Moved, now: UnixTime) -> rusqlite::Result<TakenOver> {
    if let Some(here) = here(connection, event)? {
        let is_behind = here.state == State::Waiting && here.claims < event.claims;
        if event.listed.state != State::Done || !is_behind {
            return Ok(TakenOver::Known);
        }
        let sql = "UPDATE events SET state = 'done', due_at = NULL, finished_at = ?2, last_error = NULL WHERE id = ?1";
        let finished = event.listed.finished_at.unwrap_or(now).as_millis();
        connection.prepare_cached(sql)?.execute([here.number, finished])?;
        lane::advance(connection, here.number, now.as_millis())?;
        return Ok(TakenOver::Finished);
    }
    let own = event.listed.number;
    let taken = connection.prepare_cached("SELECT 1 FROM events WHERE id = ?1")?.exists([own])?;
    let (number, answer) = match (taken, &event.record.identity) {
        (false, _) => (own, TakenOver::Kept),
        (true, None) => return Ok(TakenOver::NumberTaken),
        (true, Some(_)) => {
            let sql = "SELECT max((SELECT last FROM numbered), (SELECT coalesce(max(id), 0) FROM events)) + 1";
            let next = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
            (next, TakenOver::Renumbered(next))
        }
    };
    keep(connection, number, event, now)?;
    Ok(answer)
}

/// The event, if it is here: by what identifies it, else by its number and when it came in.
fn here(connection: &Connection, event: &Moved) -> rusqlite::Result<Option<Here>> {
    let record = &event.record;
    let tenant = record.tenant.as_deref().unwrap_or_default();
    let read = |row: &Row<'_>| {
        let claims = u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0);
        Ok(Here { number: row.get(0)?, state: State::of(&row.get::<_, String>(1)?), claims })
    };
    let mut statement: CachedStatement<'_>;
    match &record.identity {
        Some(identity) => {
            let sql = "SELECT id, state, epoch FROM events WHERE identity = ?1 AND tenant = ?2 AND endpoint = ?3";
            statement = connection.prepare_cached(sql)?;
            statement.query_row(params![identity, tenant, record.endpoint], read).optional()
        }
        None => {
            let sql = "SELECT id, state, epoch FROM events WHERE id = ?1 AND tenant = ?2 AND endpoint = ?3 \
                 AND received_at = ?4 AND identity IS NULL";
            statement = connection.prepare_cached(sql)?;
            let received = record.received_at.as_millis();
            statement.query_row(params![event.listed.number, tenant, record.endpoint, received], read).optional()
        }
    }
}

/// Keeps it under this number.
fn keep(connection: &Connection, number: i64, event: &Moved, now: UnixTime) -> rusqlite::Result<()> {
    let (listed, record) = (&event.listed, &event.record);
    // Its lease is not taken over.
    let is_working = listed.state == State::Working;
    let state = if is_working { State::Waiting } else { listed.state };
    let is_waiting = state == State::Waiting;
    // In a lane it has its turn.
    let due = match listed.due_at {
        _ if !is_waiting || record.lane.is_some() => None,
        Some(due) if !is_working => Some(due),
        _ => Some(now),
    };
    let claims = event.claims.max(u64::try_from(event.attempts.len()).unwrap_or(u64::MAX));
    let claims = i64::try_from(claims).unwrap_or(i64::MAX);
    let sql = "INSERT INTO events (id, state, endpoint, tenant, identity, due_at, epoch, attempts, provider, event_id, \
         event_type, api_version, signed, received_at, finished_at, last_error, lane) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
    connection.prepare_cached(sql)?.execute(params![
        number,
        state.as_str(),
        record.endpoint,
        record.tenant.as_deref().unwrap_or_default(),
        record.identity,
        due.map(UnixTime::as_millis),
        claims,
        listed.attempts,
        record.provider,
        row::text(record.event_id.as_ref()),
        row::text(record.event_type.as_ref()),
        row::text(record.api_version.as_ref()),
        columns::signed(record),
        record.received_at.as_millis(),
        listed.finished_at.map(UnixTime::as_millis),
        listed.last_error,
        record.lane,
    ])?;
    if event.has_contents {
        accept::keep_contents(&mut Inserts::new(connection), number, record)?;
    }
    if let Some(original) = event.original.as_ref().filter(|_| event.has_contents) {
        keep_original(connection, number, original)?;
    }
    keep_attempts(connection, number, claims, event, now)?;
    if is_waiting && record.lane.is_some() {
        let due = listed.due_at.filter(|_| !is_working);
        lane::enter_in_order(connection, number, due.map(UnixTime::as_millis))?;
    }
    Ok(())
}

fn keep_original(connection: &Connection, number: i64, original: &Original) -> rusqlite::Result<()> {
    let sql = "UPDATE contents SET edited_at = ?2, edit_reason = ?3, original_body = ?4, original_payload = ?5, \
         original_coverage = ?6 WHERE event = ?1";
    connection.prepare_cached(sql)?.execute(params![
        number,
        original.edited_at.as_millis(),
        original.reason,
        &original.body[..],
        original.payload.as_deref(),
        original.coverage.as_str(),
    ])?;
    Ok(())
}

/// Keeps its attempts, the last one as that of the last lease. One that was under way is lost.
fn keep_attempts(
    connection: &Connection,
    number: i64,
    claims: i64,
    event: &Moved,
    now: UnixTime,
) -> rusqlite::Result<()> {
    let sql =
        "INSERT INTO attempts (event, epoch, started_at, ended_at, outcome, error) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut statement = connection.prepare_cached(sql)?;
    for (epoch, attempt) in (0..=claims).rev().zip(event.attempts.iter().rev()) {
        let lost = attempt.ended_at.is_none().then_some("lost");
        let ended = attempt.ended_at.unwrap_or(now).as_millis();
        let outcome = attempt.outcome.as_deref().or(lost);
        statement.execute(params![number, epoch, attempt.started_at.as_millis(), ended, outcome, attempt.error])?;
    }
    Ok(())
}
