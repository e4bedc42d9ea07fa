//! How much waits, looked at every few seconds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookporter_core::{Clock, UnixTime};
use hookporter_pipeline::inbox::InboxDepth;
use rusqlite::{Connection, OptionalExtension, params};
use tokio::time::Instant;

/// How often. A look counts so many entries of indexes at the most as [`InboxDepth::MOST`] says, for each state.
const EVERY: Duration = Duration::from_secs(5);

/// Looks at how much waits, and tells whoever asks what it last saw.
#[derive(Debug)]
pub(crate) struct Depth {
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    depth: Option<InboxDepth>,
    due: Instant,
}

impl Depth {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, seen: Mutex::new(Seen { depth: None, due: Instant::now() }) }
    }

    /// What was last seen.
    pub(crate) fn seen(&self) -> Option<InboxDepth> {
        self.lock().depth
    }

    /// How long until the next look.
    pub(crate) fn patience(&self) -> Duration {
        self.lock().due.saturating_duration_since(Instant::now())
    }

    /// Looks, if it is time for it.
    pub(crate) fn look_if_due(&self, connection: &Connection) -> rusqlite::Result<()> {
        let now = Instant::now();
        let mut seen = self.lock();
        if now < seen.due {
            return Ok(());
        }
        seen.due = now.checked_add(EVERY).unwrap_or(now);
        drop(seen);
        let depth = of(connection, self.clock.now())?;
        self.lock().depth = Some(depth);
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        // Nothing under the lock can leave it half done.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Those that are due, or will be; those behind others of their lane; dead letters; parked ones. Each from an index.
const COUNTED: [&str; 4] = [
    "due_at IS NOT NULL",
    "lane IS NOT NULL AND state IN ('waiting', 'working') AND due_at IS NULL",
    "state IN ('dead', 'parked') AND state = 'dead'",
    "state IN ('dead', 'parked') AND state = 'parked'",
];
/// When the event came in that has been due for the longest time.
const OLDEST: &str = "SELECT received_at FROM events WHERE due_at IS NOT NULL AND due_at <= ?1 ORDER BY due_at LIMIT 1";

fn of(connection: &Connection, at: UnixTime) -> rusqlite::Result<InboxDepth> {
    let [due, behind, dead, parked] = COUNTED.map(|which| count(connection, which));
    let oldest = connection.prepare_cached(OLDEST)?.query_row(params![at.as_millis()], |row| row.get(0)).optional()?;
    let waiting = due?.saturating_add(behind?).min(InboxDepth::MOST);
    Ok(InboxDepth { waiting, dead: dead?, parked: parked?, oldest: oldest.map(UnixTime::from_millis), at })
}

fn counting(which: &str) -> String {
    format!("SELECT count(*) FROM (SELECT 1 FROM events WHERE {which} LIMIT {})", InboxDepth::MOST)
}

fn count(connection: &Connection, which: &str) -> rusqlite::Result<u64> {
    let count: i64 = connection.prepare_cached(&counting(which))?.query_row([], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_by_indexes_and_not_without_end() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::schema::migrate(&mut connection).unwrap();
        let indexes = ["events_due", "events_lane", "events_set_aside", "events_set_aside"];
        for (which, index) in COUNTED.into_iter().zip(indexes) {
            let sql = format!("EXPLAIN QUERY PLAN {}", counting(which));
            let mut statement = connection.prepare(&sql).unwrap();
            let lines = statement.query_map([], |row| row.get::<_, String>("detail")).unwrap();
            let plan = lines.map(Result::unwrap).collect::<Vec<_>>().join("; ");
            assert!(plan.contains(index), "{which}: {plan}");
        }
        let fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10005) \
            INSERT INTO events (state, endpoint, due_at, provider, received_at, lane) \
            SELECT iif(i < 4, 'dead', 'waiting'), 'acme', iif(i < 4, NULL, 5000 + i), 'custom', i, NULL FROM n";
        connection.execute_batch(fill).unwrap();
        let at = UnixTime::from_millis(5005);
        let depth = of(&connection, at).unwrap();
        let oldest = Some(UnixTime::from_millis(4));
        assert_eq!(depth, InboxDepth { waiting: InboxDepth::MOST, dead: 3, parked: 0, oldest, at });
        // Nothing is due yet.
        assert_eq!(of(&connection, UnixTime::from_millis(5003)).unwrap().oldest, None);
    }
}
