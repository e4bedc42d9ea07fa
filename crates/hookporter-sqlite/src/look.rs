//! A look at the file: whether somebody else has changed it.

use std::time::Duration;

use rusqlite::Connection;
use tokio::time::Instant;

/// Looks every now and then.
#[derive(Debug)]
pub(crate) struct Look {
    /// `None`: never.
    every: Option<Duration>,
    due: Instant,
    /// SQLite's count of what other connections changed; it means something within one connection only.
    version: Option<i64>,
}

impl Look {
    pub(crate) fn new(every: Option<Duration>) -> Self {
        Self { every, due: Instant::now(), version: None }
    }

    /// How long until the next look.
    pub(crate) fn patience(&self) -> Duration {
        self.every.map_or(Duration::MAX, |_| self.due.saturating_duration_since(Instant::now()))
    }

    /// Begins anew, with another connection.
    pub(crate) fn forget(&mut self) {
        self.version = None;
    }

    /// Whether somebody else has changed the file since the last look, as far as is known; `false` if it is not time for one.
    pub(crate) fn is_changed(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        let now = Instant::now();
        let Some(every) = self.every.filter(|_| now >= self.due) else { return Ok(false) };
        self.due = now.checked_add(every).unwrap_or(now);
        let version = connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        Ok(self.version.replace(version) != Some(version))
    }
}
