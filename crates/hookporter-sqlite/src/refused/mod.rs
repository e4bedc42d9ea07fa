//! The quarantine: refused requests, whole, until they are judged again. What is asked of it, as SQL.

mod beside;
mod bounds;
mod desk;
mod forget;
mod keeper;
mod readmit;
mod side;

use std::net::SocketAddr;

use bytes::Bytes;
use hookporter_core::{Reason, Rejection, UnixTime};
use hookporter_pipeline::TraceId;
use hookporter_pipeline::inbox::store::columns;
use hookporter_pipeline::inbox::{Accepted, EventRecord};
use hookporter_pipeline::operating::{RefusedCount, RefusedListed, RefusedRequest, RefusedSelection};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

pub(crate) use forget::{Forgetting, forget_before};
pub(crate) use keeper::Keeper;

use crate::accept;
use crate::accept::Inserts;
use crate::selection::Condition;
use crate::size::Room;

/// Those that are chosen, by number.
pub(crate) fn list(
    connection: &Connection,
    which: &RefusedSelection,
    after: i64,
    most: usize,
) -> rusqlite::Result<Vec<RefusedListed>> {
    let chosen = condition(which, 3);
    let sql = format!(
        "SELECT id, trace, endpoint, reason, detail, arrived_at, judged_at, proof, body_bytes FROM refused \
         WHERE id > ?1 AND {} ORDER BY id LIMIT ?2",
        chosen.sql
    );
    let mut values = vec![Value::Integer(after), Value::Integer(i64::try_from(most).unwrap_or(i64::MAX))];
    values.extend(chosen.values);
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map(params_from_iter(values), |row| {
        Ok(RefusedListed {
            number: row.get(0)?,
            trace: trace(row, 1)?,
            endpoint: row.get(2)?,
            reason: reason(&row.get::<_, String>(3)?),
            detail: row.get(4)?,
            arrived_at: UnixTime::from_millis(row.get(5)?),
            judged_at: row.get::<_, Option<i64>>(6)?.map(UnixTime::from_millis),
            reached_proof: row.get(7)?,
            body_bytes: u64::try_from(row.get::<_, i64>(8)?).unwrap_or(0),
        })
    })?;
    rows.collect()
}

/// How many there are of each reason, the most frequent first.
pub(crate) fn by_reason(connection: &Connection, which: &RefusedSelection) -> rusqlite::Result<Vec<RefusedCount>> {
    let chosen = condition(which, 1);
    let sql = format!(
        "SELECT endpoint, reason, count(*), min(arrived_at), max(arrived_at) FROM refused WHERE {} \
         GROUP BY endpoint, reason ORDER BY count(*) DESC, endpoint, reason",
        chosen.sql
    );
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map(params_from_iter(chosen.values), |row| {
        Ok(RefusedCount {
            endpoint: row.get(0)?,
            reason: reason(&row.get::<_, String>(1)?),
            count: u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
            first: UnixTime::from_millis(row.get(3)?),
            last: UnixTime::from_millis(row.get(4)?),
        })
    })?;
    rows.collect()
}

/// All that is kept of one; what is encrypted is left so.
pub(crate) fn request(connection: &Connection, number: i64) -> rusqlite::Result<Option<RefusedRequest>> {
    let sql = "SELECT trace, endpoint, reason, detail, arrived_at, method, target, proof, headers, body, peer, sealed_by \
         FROM refused JOIN refused_contents ON request = id WHERE id = ?1";
    let read = |row: &Row<'_>| {
        let peer: Option<String> = row.get(10)?;
        Ok(RefusedRequest {
            trace: trace(row, 0)?,
            endpoint: row.get(1)?,
            reason: reason(&row.get::<_, String>(2)?),
            detail: row.get(3)?,
            arrived_at: UnixTime::from_millis(row.get(4)?),
            method: row.get(5)?,
            target: row.get(6)?,
            reached_proof: row.get(7)?,
            headers: columns::headers(&row.get::<_, Vec<u8>>(8)?),
            body: Bytes::from(row.get::<_, Vec<u8>>(9)?),
            peer: peer.and_then(|peer| peer.parse::<SocketAddr>().ok()),
            sealed_by: row.get(11)?,
        })
    };
    connection.prepare_cached(sql)?.query_row([number], read).optional()
}

/// What became of a request that was to be readmitted.
#[derive(Debug, Clone)]
pub(crate) enum Readmitted {
    /// Its events are here, and it is gone.
    Done(Vec<Accepted>),
    /// It was gone.
    Gone,
    /// The inbox has no room: it stays.
    Full,
    /// It is encrypted, and its events would lie beside it in clear: it stays.
    Sealed,
}

/// Takes over what a request tells of, and forgets the request. The caller's transaction makes it one.
pub(crate) fn readmit(
    connection: &Connection,
    inserts: &mut Inserts<'_>,
    number: i64,
    records: &[EventRecord],
    room: Option<&Room>,
) -> rusqlite::Result<Readmitted> {
    if let Some(room) = room
        && room.is_full(connection)?
    {
        return Ok(Readmitted::Full);
    }
    if connection.prepare_cached("DELETE FROM refused WHERE id = ?1")?.execute([number])? == 0 {
        return Ok(Readmitted::Gone);
    }
    accept::all(connection, inserts, records).map(Readmitted::Done)
}

/// Notes why one is still refused; whether it was there.
pub(crate) fn again(
    connection: &Connection,
    number: i64,
    rejection: &Rejection,
    now: UnixTime,
) -> rusqlite::Result<bool> {
    let sql = "UPDATE refused SET reason = ?2, detail = ?3, judged_at = ?4 WHERE id = ?1";
    let values = params![number, rejection.kind().as_str(), rejection.to_string(), now.as_millis()];
    Ok(connection.prepare_cached(sql)?.execute(values)? > 0)
}

fn condition(which: &RefusedSelection, first: usize) -> Condition {
    let mut condition = Condition::all(first);
    condition.and("endpoint =", which.endpoint.clone().map(Value::Text));
    condition.and("reason =", which.reason.map(|reason| Value::Text(reason.as_str().to_owned())));
    if let Some(numbers) = &which.numbers {
        condition.and_numbers(numbers);
    }
    condition
}

fn trace(row: &Row<'_>, column: usize) -> rusqlite::Result<TraceId> {
    Ok(TraceId::from_bits(row.get::<_, i64>(column)?.cast_unsigned()))
}

/// The reason of a word; of a newer release's word no more is said than that the proof did not hold.
fn reason(word: &str) -> Reason {
    hookporter_pipeline::journal::Row::reason_of(word).unwrap_or(Reason::InvalidSignature)
}
