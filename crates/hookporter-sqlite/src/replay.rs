//! Replays: events worked again, and a verdict of each against its last attempt before.

use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::operating::{Replay, Replayed, State, Verdict};
use rusqlite::{Connection, Row, params};

use crate::change;

/// Which events can be replayed. What was never tried has nothing to compare with: it is released, or waits already.
pub(crate) const FIT: &str = "(state IN ('dead', 'done') OR (state = 'waiting' AND EXISTS \
     (SELECT 1 FROM attempts WHERE event = id AND ended_at IS NOT NULL))) AND EXISTS (SELECT 1 FROM contents WHERE event = id)";

/// How long a replay is remembered of which no event is left. Not at once: another one may just begin.
const EMPTY: Duration = Duration::from_secs(24 * 3600);

/// Notes a new replay; its number.
pub(crate) fn begin(connection: &Connection, reason: Option<&str>, now: UnixTime) -> rusqlite::Result<i64> {
    let empty = "DELETE FROM replays WHERE started_at < ?1 AND NOT EXISTS (SELECT 1 FROM replayed WHERE replay = id)";
    connection.execute(empty, [now.minus(EMPTY).as_millis()])?;
    let sql = "INSERT INTO replays (started_at, reason) VALUES (?1, ?2)";
    connection.execute(sql, params![now.as_millis(), reason])?;
    Ok(connection.last_insert_rowid())
}

/// Has an event worked again as a part of a replay, and remembers how it had gone before.
pub(crate) fn add(connection: &Connection, replay: i64, number: i64) -> rusqlite::Result<bool> {
    let sql = format!(
        "INSERT INTO replayed (event, replay, epoch, had_worked) SELECT id, ?2, epoch, coalesce((SELECT outcome = 'worked' \
         FROM attempts WHERE event = id AND ended_at IS NOT NULL ORDER BY epoch DESC LIMIT 1), 0) \
         FROM events WHERE id = ?1 AND {FIT}"
    );
    Ok(connection.prepare_cached(&sql)?.execute([number, replay])? > 0 && change::requeue(connection, number)?)
}

/// The replays, the latest first.
pub(crate) fn list(connection: &Connection, most: usize) -> rusqlite::Result<Vec<Replay>> {
    let sql = "SELECT id, started_at, reason, (SELECT count(*) FROM replayed WHERE replay = id) FROM replays \
         ORDER BY id DESC LIMIT ?1";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([most], |row| {
        Ok(Replay {
            number: row.get(0)?,
            started_at: UnixTime::from_millis(row.get(1)?),
            reason: row.get(2)?,
            events: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
        })
    })?;
    rows.collect()
}

/// How the events of a replay go, by number, some of those behind one.
pub(crate) fn verdicts(
    connection: &Connection,
    replay: i64,
    after: i64,
    most: usize,
) -> rusqlite::Result<Vec<Replayed>> {
    // Attempts of a later replay of the same event are not this one's. The epoch of a lease that was given back without an
    // attempt is nobody's. An event that is finished without any attempt could not be read, or somebody gave up on it.
    let sql = "WITH mine AS (SELECT event, epoch, had_worked, (SELECT min(epoch) FROM replayed AS later \
             WHERE later.event = this.event AND later.replay > this.replay) AS next FROM replayed AS this \
             WHERE replay = ?1 AND event > ?2 ORDER BY event LIMIT ?3), \
         latest AS (SELECT mine.*, (SELECT max(epoch) FROM attempts WHERE event = mine.event AND epoch > mine.epoch \
             AND (next IS NULL OR epoch <= next) AND ended_at IS NOT NULL) AS attempt FROM mine) \
         SELECT latest.event, had_worked, iif(attempt IS NULL, iif(next IS NULL AND state IN ('dead', 'done'), 0, NULL), \
             outcome = 'worked'), state, endpoint, event_id, event_type, iif(attempt IS NULL, last_error, attempts.error) \
         FROM latest JOIN events ON events.id = latest.event \
         LEFT JOIN attempts ON attempts.event = latest.event AND attempts.epoch = attempt ORDER BY latest.event";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![replay, after, most], replayed)?;
    rows.collect()
}

fn replayed(row: &Row<'_>) -> rusqlite::Result<Replayed> {
    let verdict = Verdict::of(row.get(1)?, row.get(2)?);
    let error: Option<String> = row.get(7)?;
    Ok(Replayed {
        event: row.get(0)?,
        verdict,
        state: State::of(&row.get::<_, String>(3)?),
        endpoint: row.get(4)?,
        event_id: row.get(5)?,
        event_type: row.get(6)?,
        error: error.filter(|_| verdict.is_failure()),
    })
}
