//! Lending events to workers.

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::{Claim, Claimed, EventRecord, Lease, LeaseId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::damage::{Damage, is_damage};
use crate::{lane, row};

/// What is said of an event whose last attempt never ended.
const NEVER_ENDED: &str = "the last attempt never ended: the process died, or the work hung";

/// So many attempts of an event are kept, the last ones: it may be requeued again and again.
const ATTEMPTS: i64 = 50;

/// An event that is due.
struct Due {
    number: i64,
    epoch: i64,
    attempts: u32,
}

/// Lends what is due, and writes each attempt down; whether an event made way for the next one of its lane.
pub(crate) fn claim(connection: &Connection, claim: Claim, damage: &Damage) -> rusqlite::Result<(Claimed, bool)> {
    let (mut claimed, mut buried) = (Claimed::default(), false);
    let now = claim.now.as_millis();
    let all = due(connection, now, claim.most)?;
    // Where none of them can be lent, others may be due behind them.
    let more = all.len() >= claim.most;
    for due in all {
        // An attempt that is still open has lost its lease.
        connection
            .prepare_cached(
                "UPDATE attempts SET ended_at = ?3, outcome = 'lost' WHERE event = ?1 AND epoch = ?2 AND ended_at IS NULL",
            )?
            .execute(params![due.number, due.epoch, now])?;
        let spent = due.attempts >= claim.attempts;
        // What a repair or somebody's hand has left without contents, or with such as cannot be read: nobody can work it, and
        // it must not stand in the way of others.
        let record = match readable(connection, due.number, damage)? {
            Ok(record) => record,
            Err(problem) => {
                tracing::error!(target: "hookporter", event = due.number, "a dead letter: {problem}");
                bury(connection, due.number, now, &problem)?;
                buried = true;
                continue;
            }
        };
        let id = LeaseId { number: due.number, epoch: due.epoch.saturating_add(1) };
        if spent {
            bury(connection, due.number, now, NEVER_ENDED)?;
            buried = true;
            claimed.dead.push(Lease { id, attempt: due.attempts, record });
            continue;
        }
        let attempt = due.attempts.saturating_add(1);
        lend(connection, id, attempt, now, claim.now.plus(claim.lease))?;
        claimed.leases.push(Lease { id, attempt, record });
    }
    claimed.next_due = if more || buried { Some(claim.now) } else { next_due(connection, now)? };
    Ok((claimed, buried))
}

/// The record of an event, or why nobody can have it.
fn readable(connection: &Connection, number: i64, damage: &Damage) -> rusqlite::Result<Result<EventRecord, String>> {
    if let Some(error) = damage.of(number) {
        return Ok(Err(format!("its contents cannot be read: {error}")));
    }
    match record(connection, number) {
        Ok(Some(record)) => Ok(Ok(record)),
        Ok(None) => Ok(Err("its contents are gone".to_owned())),
        // After that nothing more can be written in the same transaction: it is undone, and the next one will know.
        Err(error) if is_damage(&error) => {
            damage.note(number, &error);
            Err(error)
        }
        Err(error) if error.sqlite_error_code().is_none() => Ok(Err(format!("its contents cannot be read: {error}"))),
        Err(error) => Err(error),
    }
}

fn due(connection: &Connection, now: i64, most: usize) -> rusqlite::Result<Vec<Due>> {
    connection
        .prepare_cached("SELECT id, epoch, attempts FROM events WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2")?
        .query_map(params![now, i64::try_from(most).unwrap_or(i64::MAX)], |row| {
            Ok(Due { number: row.get(0)?, epoch: row.get(1)?, attempts: row.get(2)? })
        })?
        .collect()
}

fn next_due(connection: &Connection, now: i64) -> rusqlite::Result<Option<UnixTime>> {
    let next: Option<i64> = connection
        .prepare_cached("SELECT min(due_at) FROM events WHERE due_at > ?1")?
        .query_row([now], |row| row.get(0))?;
    Ok(next.map(UnixTime::from_millis))
}

fn lend(connection: &Connection, id: LeaseId, attempt: u32, now: i64, until: UnixTime) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE events SET state = 'working', epoch = ?2, attempts = ?3, due_at = ?4 WHERE id = ?1")?
        .execute(params![id.number, id.epoch, attempt, until.as_millis()])?;
    connection
        .prepare_cached("INSERT INTO attempts (event, epoch, started_at) VALUES (?1, ?2, ?3)")?
        .execute(params![id.number, id.epoch, now])?;
    if id.epoch > ATTEMPTS {
        connection
            .prepare_cached("DELETE FROM attempts WHERE event = ?1 AND epoch <= ?2")?
            .execute(params![id.number, id.epoch.saturating_sub(ATTEMPTS)])?;
    }
    Ok(())
}

/// Makes an event a dead letter; the next one of its lane is due.
pub(crate) fn bury(connection: &Connection, number: i64, now: i64, error: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE events SET state = 'dead', due_at = NULL, finished_at = ?2, last_error = ?3 WHERE id = ?1",
        )?
        .execute(params![number, now, error])?;
    lane::advance(connection, number, now)?;
    Ok(())
}

/// The record of an event; `None` once its contents are gone.
pub(crate) fn record(connection: &Connection, number: i64) -> rusqlite::Result<Option<EventRecord>> {
    // The statement is the same each time, so it is prepared once.
    let sql = format!("SELECT {} FROM events JOIN contents ON contents.event = events.id WHERE id = ?1", row::COLUMNS);
    connection.prepare_cached(&sql)?.query_row([number], |found| row::read(found, 0)).optional()
}
