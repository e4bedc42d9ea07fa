//! What was found out about a refused request, written to its row.

use hookporter_pipeline::journal::Findings;
use rusqlite::{Connection, params};

/// Writes these to their rows.
pub(super) fn write(findings: &mut Findings, connection: &Connection, sealed: bool) -> rusqlite::Result<()> {
    let sql =
        "UPDATE requests SET cause = ?2, cause_proven = ?3, cause_message = ?4 WHERE reason IS NOT NULL AND trace = ?1";
    let mut update = connection.prepare_cached(sql)?;
    let mut written = Vec::new();
    for (trace, cause, is_proven, message) in findings.rows(sealed) {
        if update.execute(params![trace, cause, is_proven, message])? > 0 {
            written.push(trace);
        }
    }
    findings.written(|trace| written.contains(&trace));
    Ok(())
}
