//! A commit: all jobs that wait, in one transaction.

use rusqlite::{Connection, ErrorCode};

use crate::accept::Inserts;
use crate::damage::Damage;
use crate::job::Job;
use crate::store::is_of_one_job;

/// All jobs in one transaction, or none; again without the events that turn out to be unreadable.
pub(crate) fn committed(connection: &Connection, jobs: &mut [Job], damage: &Damage) -> rusqlite::Result<()> {
    loop {
        match commit(connection, jobs) {
            Err(error) if is_corrupt(&error) && damage.is_new() => {}
            ended => return ended,
        }
    }
}

/// All jobs in one transaction, or none.
fn commit(connection: &Connection, jobs: &mut [Job]) -> rusqlite::Result<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let mut inserts = Inserts::new(connection);
    let done = jobs.iter_mut().try_for_each(|job| job.step.run(connection, &mut inserts));
    drop(inserts);
    let ended = done.and_then(|()| connection.prepare_cached("COMMIT")?.execute([]));
    if ended.is_err() && !connection.is_autocommit() {
        // The first error is the one to tell of; whether this one succeeds, the connection itself says.
        let _ = connection.execute_batch("ROLLBACK");
    }
    ended.map(|_| ())
}

/// Failures that one job of many may have had by itself.
pub(crate) fn is_perhaps_of_one(error: &rusqlite::Error) -> bool {
    is_of_one_job(error) || is_corrupt(error)
}

/// A page is not what was written there. Nothing was written, and the others are as they were.
pub(crate) fn is_corrupt(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt)
}
