//! What was found out about a refused request, written to its row.

use std::time::Duration;

use rusqlite::{Connection, params};
use tokio::time::Instant;

use super::notes::Found;
use super::row;

/// So long what came before its row waits for it.
const WAITS: Duration = Duration::from_secs(60);
/// So many of them wait.
const MOST: usize = 256;

/// Findings whose requests have no row yet.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<(Found, Instant)>);

impl Findings {
    /// Writes these, and those that came too early, to their rows; without the words where contents are sealed, as they may name
    /// the URL.
    pub(super) fn write(&mut self, connection: &Connection, found: &[Found], sealed: bool) -> rusqlite::Result<()> {
        let now = Instant::now();
        let sql = "UPDATE requests SET cause = ?2, cause_proven = ?3, cause_message = ?4 WHERE reason IS NOT NULL AND trace = ?1";
        let mut update = connection.prepare_cached(sql)?;
        let mut early = Vec::new();
        let found = found.iter().map(|found| (found.clone(), now));
        for (found, since) in self.0.iter().cloned().chain(found) {
            let trace = found.trace.to_bits().cast_signed();
            let cause = &found.cause;
            // It may quote what a stranger has sent.
            let message = if sealed && cause.cause == "wrong-url" { "" } else { row::of_a_stranger(&cause.message) };
            let rows = update.execute(params![trace, cause.cause, cause.is_proven, message])?;
            if rows == 0 && since.elapsed() < WAITS && early.len() < MOST {
                early.push((found, since));
            }
        }
        self.0 = early;
        Ok(())
    }

    pub(super) const fn are_any(&self) -> bool {
        !self.0.is_empty()
    }
}
