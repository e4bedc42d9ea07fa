//! Erasing what the journal says of an event, or of a tenant.

use hookporter_pipeline::journal::Note;
use rusqlite::{Connection, OptionalExtension, params};

use super::row;

/// How many rows one step looks at: some milliseconds, as senders wait behind it.
const ROWS: i64 = 2000;

/// What is to be erased, and how far it is.
#[derive(Debug, Clone)]
pub(crate) struct Erasing {
    endpoint: String,
    tenant: String,
    /// One event: its number, and its id, by which a request names it that was not taken. `None`: all of the tenant.
    event: Option<(i64, Option<String>)>,
    from: i64,
    /// The last row that there was when it began: later ones are of later requests.
    end: Option<i64>,
    pub(crate) is_over: bool,
    /// How many rows are gone.
    pub(crate) rows: usize,
}

impl Erasing {
    /// Of this event, before it is erased itself.
    pub(crate) fn of_event(connection: &Connection, number: i64) -> rusqlite::Result<Self> {
        let sql = "SELECT endpoint, tenant, event_id FROM events WHERE id = ?1";
        let found =
            connection.query_row(sql, [number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
        let (endpoint, tenant, id) = found.unwrap_or_default();
        Ok(Self { event: Some((number, id)), ..Self::of_tenant(endpoint, tenant) })
    }

    /// Of all events of a tenant.
    pub(crate) const fn of_tenant(endpoint: String, tenant: String) -> Self {
        Self { endpoint, tenant, event: None, from: 0, end: None, is_over: false, rows: 0 }
    }

    /// Whether this note is one of them; `number` is its event's.
    pub(crate) fn takes(&self, note: &Note, number: Option<i64>) -> bool {
        let is_theirs = note.endpoint() == self.endpoint && note.tenant().unwrap_or_default() == self.tenant;
        match &self.event {
            None => is_theirs,
            Some((event, id)) => {
                number == Some(*event) || (is_theirs && id.is_some() && note.event_id() == id.as_deref())
            }
        }
    }

    /// Deletes those of the next few rows; SQLite overwrites with zeros what is deleted here.
    pub(crate) fn step(mut self, connection: &Connection) -> rusqlite::Result<Self> {
        let end = match self.end {
            Some(end) => end,
            None => connection.query_row("SELECT coalesce(max(id), 0) FROM requests", [], |row| row.get(0))?,
        };
        self.end = Some(end);
        let next = "SELECT max(id) FROM (SELECT id FROM requests WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3)";
        let next =
            connection.prepare_cached(next)?.query_row([self.from, end, ROWS], |row| row.get::<_, Option<i64>>(0))?;
        let Some(last) = next else {
            self.is_over = true;
            return Ok(self);
        };
        let theirs = format!("endpoint = ?3 AND {} = ?4", row::TENANT);
        let gone = match &self.event {
            None => connection
                .prepare_cached(&format!("DELETE FROM requests NOT INDEXED WHERE id > ?1 AND id <= ?2 AND {theirs}"))?
                .execute(params![self.from, last, self.endpoint, self.tenant])?,
            Some((number, id)) => connection
                .prepare_cached(&format!(
                    "DELETE FROM requests NOT INDEXED WHERE id > ?1 AND id <= ?2 AND (event = ?5 OR ({theirs} AND {} = ?6))",
                    row::EVENT_ID
                ))?
                .execute(params![self.from, last, self.endpoint, self.tenant, number, id])?,
        };
        self.rows = self.rows.saturating_add(gone);
        self.from = last;
        Ok(self)
    }
}
