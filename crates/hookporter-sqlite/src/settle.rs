//! What workers say of the events that they were lent. Each word counts for its own epoch only.

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::{Failure, LeaseId, Next, Settled};
use rusqlite::{Connection, params};

use crate::claim::bury;
use crate::lane;

pub(crate) fn renew(connection: &Connection, id: LeaseId, until: UnixTime) -> rusqlite::Result<Settled> {
    let sql = "UPDATE events SET due_at = ?3 WHERE id = ?1 AND epoch = ?2 AND state = 'working'";
    let changed = connection.prepare_cached(sql)?.execute(params![id.number, id.epoch, until.as_millis()])?;
    Ok(settled(changed))
}

/// Completes an event; whether another one is due in its stead.
pub(crate) fn complete(connection: &Connection, id: LeaseId, now: UnixTime) -> rusqlite::Result<(Settled, bool)> {
    let changed = connection
        .prepare_cached(
            "UPDATE events SET state = 'done', due_at = NULL, finished_at = ?3, last_error = NULL \
             WHERE id = ?1 AND epoch = ?2 AND state = 'working'",
        )?
        .execute(params![id.number, id.epoch, now.as_millis()])?;
    if changed == 0 {
        return Ok((Settled::Fenced, false));
    }
    end_attempt(connection, id, now, "worked", None)?;
    // Asked by itself: `RETURNING` would make a table of its own each time.
    let sql = "SELECT lane IS NOT NULL FROM events WHERE id = ?1";
    let in_lane: bool = connection.prepare_cached(sql)?.query_row([id.number], |row| row.get(0))?;
    Ok((Settled::Done, in_lane && lane::advance(connection, id.number, now.as_millis())?))
}

pub(crate) fn fail(connection: &Connection, id: LeaseId, failure: &Failure) -> rusqlite::Result<Settled> {
    let due = match failure.next {
        Next::Due(due) => Some(due.as_millis()),
        Next::Held(due) => return give_back(connection, id, due, Some(&failure.error)),
        Next::Dead | Next::Parked => None,
    };
    let changed = connection
        .prepare_cached(
            "UPDATE events SET state = 'waiting', due_at = ?3, last_error = ?4 \
             WHERE id = ?1 AND epoch = ?2 AND state = 'working'",
        )?
        .execute(params![id.number, id.epoch, due, failure.error])?;
    if changed > 0 {
        end_attempt(connection, id, failure.now, "failed", Some(&failure.error))?;
        match failure.next {
            // The held ones have left above.
            Next::Due(_) | Next::Held(_) => {}
            Next::Dead => bury(connection, id.number, failure.now.as_millis(), &failure.error)?,
            Next::Parked => park(connection, id.number, failure.now.as_millis())?,
        }
    }
    Ok(settled(changed))
}

/// Keeps an event until somebody releases it, with all of its attempts again; the next one of its lane is due.
fn park(connection: &Connection, number: i64, now: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE events SET state = 'parked', attempts = 0 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute([number])?;
    lane::advance(connection, number, now)?;
    Ok(())
}

pub(crate) fn release(connection: &Connection, id: LeaseId, now: UnixTime) -> rusqlite::Result<Settled> {
    give_back(connection, id, now, None)
}

/// Gives an event back: the attempt does not count. An error says why it waits.
fn give_back(connection: &Connection, id: LeaseId, due: UnixTime, error: Option<&str>) -> rusqlite::Result<Settled> {
    let changed = connection
        .prepare_cached(
            "UPDATE events SET state = 'waiting', due_at = ?3, attempts = max(attempts - 1, 0), \
             last_error = coalesce(?4, last_error) WHERE id = ?1 AND epoch = ?2 AND state = 'working'",
        )?
        .execute(params![id.number, id.epoch, due.as_millis(), error])?;
    if changed > 0 {
        let sql = "DELETE FROM attempts WHERE event = ?1 AND epoch = ?2";
        connection.prepare_cached(sql)?.execute(params![id.number, id.epoch])?;
    }
    Ok(settled(changed))
}

fn end_attempt(
    connection: &Connection,
    id: LeaseId,
    now: UnixTime,
    outcome: &str,
    error: Option<&str>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE attempts SET ended_at = ?3, outcome = ?4, error = ?5 WHERE event = ?1 AND epoch = ?2")?
        .execute(params![id.number, id.epoch, now.as_millis(), outcome, error])?;
    Ok(())
}

const fn settled(changed: usize) -> Settled {
    if changed > 0 { Settled::Done } else { Settled::Fenced }
}
