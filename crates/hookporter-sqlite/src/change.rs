//! What people change of events, one row at a time: the one place for the server's own inbox and for tools beside it.

use hookporter_core::UnixTime;
use rusqlite::{Connection, params};

use crate::lane;

/// Has an event worked again, its attempts counted from the beginning; whether it was in a state for that.
pub(crate) fn requeue(connection: &Connection, number: i64) -> rusqlite::Result<bool> {
    // In a lane it has its turn: where another one waits or is worked, it comes after that.
    let sql = "UPDATE events SET state = 'waiting', due_at = iif(lane IS NULL OR due_at IS NOT NULL, received_at, NULL), \
         attempts = 0, finished_at = NULL \
         WHERE id = ?1 AND state IN ('dead', 'done', 'waiting') AND EXISTS (SELECT 1 FROM contents WHERE event = id)";
    let changed = connection.prepare_cached(sql)?.execute([number])?;
    lane::enter(connection, number)?;
    Ok(changed > 0)
}

/// Releases an event, if it is parked.
pub(crate) fn release(connection: &Connection, number: i64) -> rusqlite::Result<bool> {
    let sql = "UPDATE events SET state = 'waiting', due_at = iif(lane IS NULL, received_at, NULL) \
         WHERE id = ?1 AND state = 'parked'";
    let changed = connection.prepare_cached(sql)?.execute([number])?;
    lane::enter(connection, number)?;
    Ok(changed > 0)
}

/// Gives up on an event, if it is a dead letter or parked.
pub(crate) fn give_up(connection: &Connection, number: i64, now: UnixTime) -> rusqlite::Result<bool> {
    let sql = "UPDATE events SET state = 'done', finished_at = ?2 WHERE id = ?1 AND state IN ('dead', 'parked')";
    Ok(connection.prepare_cached(sql)?.execute(params![number, now.as_millis()])? > 0)
}

/// Deletes events with all that is kept of them; SQLite overwrites with zeros what is deleted here. How many.
pub(crate) fn erase(
    connection: &Connection,
    which: &str,
    of: impl rusqlite::Params + Clone,
) -> rusqlite::Result<usize> {
    // The journal first: its rows are not to get what they lack of what goes.
    for table in ["requests", "contents", "attempts", "replayed"] {
        let sql = format!("DELETE FROM {table} WHERE event IN (SELECT id FROM events WHERE {which})");
        connection.execute(&sql, of.clone())?;
    }
    let erased = connection.execute(&format!("DELETE FROM events WHERE {which}"), of)?;
    lane::advance_all(connection)?;
    Ok(erased)
}
