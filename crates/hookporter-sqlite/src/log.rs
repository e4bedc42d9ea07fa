//! What an inbox holds, for people.

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::{EventRecord, InboxError};
use hookporter_pipeline::operating::{Attempted, Listed, Page, Selection, State, Stats};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use crate::selection::condition;
use crate::size::Size;
use crate::{Inbox, claim};

const LISTED: &str = "id, state, endpoint, tenant, event_id, event_type, received_at, due_at, attempts, last_error, \
     finished_at";

/// Looking at it. Each of these waits its turn behind what is being accepted.
impl Inbox {
    /// Events in this state, by number, at most `most` of those behind the number `after`; begin with 0.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub async fn list(&self, state: State, after: i64, most: usize) -> Result<Vec<Listed>, InboxError> {
        self.select(Selection::all().state(state), after, most).await
    }

    /// Those of these events, by number, that are behind the number `after`, at most `most`; begin with 0.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub async fn select(&self, which: Selection, after: i64, most: usize) -> Result<Vec<Listed>, InboxError> {
        self.look(move |connection| list(connection, &which, Page::After(after), most)).await
    }

    /// All that is kept of an event, body included; `None` if there is no such event, or its body was swept. What is
    /// encrypted is opened where its key is here.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub async fn inspect(&self, number: i64) -> Result<Option<(Listed, EventRecord)>, InboxError> {
        let found = self.look(move |connection| inspect(connection, number)).await?;
        Ok(found.map(|(listed, record)| (listed, self.sealing().open(record))))
    }

    /// How much the inbox holds. It counts every row: for a page that somebody opens, not for every second.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub async fn stats(&self) -> Result<Stats, InboxError> {
        self.look(stats).await
    }
}

pub(crate) fn list(
    connection: &Connection,
    which: &Selection,
    page: Page,
    most: usize,
) -> rusqlite::Result<Vec<Listed>> {
    let chosen = condition(which, 3);
    let (compared, number, order) = match page {
        Page::After(number) => (">", number, "ASC"),
        Page::Before(number) => ("<", number, "DESC"),
    };
    let sql =
        format!("SELECT {LISTED} FROM events WHERE id {compared} ?1 AND {} ORDER BY id {order} LIMIT ?2", chosen.sql);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut values = vec![Value::Integer(number), Value::Integer(most)];
    values.extend(chosen.values);
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map(params_from_iter(values), listed)?;
    rows.collect()
}

pub(crate) fn count(connection: &Connection, which: &Selection) -> rusqlite::Result<u64> {
    let chosen = condition(which, 1);
    let sql = format!("SELECT count(*) FROM events WHERE {}", chosen.sql);
    connection.query_row(&sql, params_from_iter(chosen.values), |row| unsigned(row, 0))
}

pub(crate) fn inspect(connection: &Connection, number: i64) -> rusqlite::Result<Option<(Listed, EventRecord)>> {
    Ok(listed_one(connection, number)?.zip(claim::record(connection, number)?))
}

pub(crate) fn listed_one(connection: &Connection, number: i64) -> rusqlite::Result<Option<Listed>> {
    let sql = format!("SELECT {LISTED} FROM events WHERE id = ?1");
    connection.query_row(&sql, [number], listed).optional()
}

pub(crate) fn attempts(connection: &Connection, number: i64) -> rusqlite::Result<Vec<Attempted>> {
    let sql = "SELECT started_at, ended_at, outcome, error FROM attempts WHERE event = ?1 ORDER BY epoch";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([number], |row| {
        Ok(Attempted {
            started_at: UnixTime::from_millis(row.get(0)?),
            ended_at: row.get::<_, Option<i64>>(1)?.map(UnixTime::from_millis),
            outcome: row.get(2)?,
            error: row.get(3)?,
        })
    })?;
    rows.collect()
}

fn listed(row: &Row<'_>) -> rusqlite::Result<Listed> {
    Ok(Listed {
        number: row.get(0)?,
        state: State::of(&row.get::<_, String>(1)?),
        endpoint: row.get(2)?,
        tenant: Some(row.get::<_, String>(3)?).filter(|tenant| !tenant.is_empty()),
        event_id: row.get(4)?,
        event_type: row.get(5)?,
        received_at: UnixTime::from_millis(row.get(6)?),
        due_at: row.get::<_, Option<i64>>(7)?.map(UnixTime::from_millis),
        attempts: row.get(8)?,
        last_error: row.get(9)?,
        finished_at: row.get::<_, Option<i64>>(10)?.map(UnixTime::from_millis),
    })
}

pub(crate) fn stats(connection: &Connection) -> rusqlite::Result<Stats> {
    let mut stats = Stats::default();
    let mut statement = connection.prepare("SELECT state, count(*) FROM events GROUP BY state")?;
    let counts = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, unsigned(row, 1)?)))?;
    for counted in counts {
        let (state, count) = counted?;
        stats.set(State::of(&state), count);
    }
    let oldest = "SELECT min(received_at) FROM events WHERE state IN ('waiting', 'working')";
    let oldest: Option<i64> = connection.query_row(oldest, [], |row| row.get(0))?;
    stats.oldest_undone = oldest.map(UnixTime::from_millis);
    let size = Size::of(connection)?;
    (stats.used_bytes, stats.free_bytes, stats.log_bytes) = (size.used, size.free, size.log);
    stats.file_bytes = size.used.saturating_add(size.free);
    Ok(stats)
}

/// A number that is never negative; SQLite's own are signed.
fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}
