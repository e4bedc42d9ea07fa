//! Lanes: events that are worked one after the other.
//!
//! Of the events of a lane that wait, only the first has a moment at which it is due. So a claim never looks at those
//! behind it, however many they are.

use rusqlite::{Connection, params};

/// The rows of the lane of `ours` that are not finished.
const UNFINISHED: &str = "theirs.endpoint = ours.endpoint AND theirs.tenant = ours.tenant AND theirs.lane = ours.lane \
     AND theirs.state IN ('waiting', 'working')";

/// Whether an event of this lane is not finished yet.
pub(crate) fn is_busy(connection: &Connection, endpoint: &str, tenant: &str, lane: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM events WHERE endpoint = ?1 AND tenant = ?2 AND lane = ?3 \
         AND state IN ('waiting', 'working'))";
    connection.prepare_cached(sql)?.query_row(params![endpoint, tenant, lane], |row| row.get(0))
}

/// Makes the next event due in the lane of one that has left it; whether there was one.
pub(crate) fn advance(connection: &Connection, left: i64, now: i64) -> rusqlite::Result<bool> {
    let sql = format!(
        "UPDATE events SET due_at = ?2 WHERE due_at IS NULL AND id = (SELECT theirs.id FROM events AS ours, events AS theirs \
         WHERE ours.id = ?1 AND {UNFINISHED} ORDER BY theirs.id LIMIT 1)"
    );
    Ok(connection.prepare_cached(&sql)?.execute([left, now])? > 0)
}

/// Makes the first event of each lane due in which none is: after changes to many rows at once.
pub(crate) fn advance_all(connection: &Connection) -> rusqlite::Result<bool> {
    Ok(connection.prepare_cached(&first_of_its_lane("TRUE"))?.execute([])? > 0)
}

/// Makes an event due that has come back into its lane, if it is the first there and none is.
pub(crate) fn enter(connection: &Connection, number: i64) -> rusqlite::Result<()> {
    connection.prepare_cached(&first_of_its_lane("ours.id = ?1"))?.execute([number])?;
    Ok(())
}

/// Makes an event due that has come into its lane before others, if it is the first there and none of them is worked; not
/// before this moment, if there is one.
pub(crate) fn enter_in_order(connection: &Connection, number: i64, due: Option<i64>) -> rusqlite::Result<()> {
    let sql = format!(
        "UPDATE events SET due_at = NULL WHERE due_at IS NOT NULL AND state = 'waiting' AND id IN \
         (SELECT theirs.id FROM events AS ours, events AS theirs WHERE ours.id = ?1 AND {UNFINISHED} AND theirs.id > ours.id)"
    );
    connection.prepare_cached(&sql)?.execute([number])?;
    enter(connection, number)?;
    let sql = "UPDATE events SET due_at = max(due_at, ?2) WHERE id = ?1 AND due_at IS NOT NULL AND ?2 IS NOT NULL";
    connection.prepare_cached(sql)?.execute(params![number, due])?;
    Ok(())
}

/// Makes those due that are the first of their lane, where none is due there.
fn first_of_its_lane(which: &str) -> String {
    // The two states in the words of the index, so that SQLite uses it.
    format!(
        "UPDATE events AS ours SET due_at = received_at WHERE {which} AND lane IS NOT NULL \
         AND state IN ('waiting', 'working') AND state = 'waiting' AND due_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM events AS theirs WHERE {UNFINISHED} AND (theirs.id < ours.id OR theirs.due_at IS NOT NULL))"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_looked_through_by_their_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::schema::migrate(&mut connection).unwrap();
        let sql = format!("EXPLAIN QUERY PLAN {}", first_of_its_lane("TRUE"));
        let plan: String = connection.query_row(&sql, [], |row| row.get("detail")).unwrap();
        assert!(plan.contains("events_lane"), "{plan}");
    }
}
