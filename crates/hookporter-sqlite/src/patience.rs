//! A bound on how long people may keep SQLite reading for them.

use std::cell::Cell;
use std::time::Duration;

use hookporter_pipeline::inbox::InboxError;
use rusqlite::{Connection, ErrorCode};
use tokio::time::Instant;

/// How many steps of SQLite's machine pass between two looks at the time: some tens of microseconds.
const STEPS: i32 = 1000;

thread_local! {
    /// SQLite asks on the thread that runs the statement.
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Readies a connection.
pub(crate) fn ready(connection: &mut Connection) {
    // Older releases of the library return nothing, newer ones fail for connections that it did not open itself.
    let _ = connection.progress_handler(STEPS, Some(is_over as fn() -> bool));
}

/// Runs a function, whose statements are stopped when the time is over.
pub(crate) fn within<T>(longest: Duration, function: impl FnOnce() -> rusqlite::Result<T>) -> Result<T, InboxError> {
    let _end = End;
    UNTIL.set(Instant::now().checked_add(longest));
    function().map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => {
            InboxError::new(format!("looking for it took longer than {} s and was stopped", longest.as_secs()))
        }
        _ => InboxError::new(error),
    })
}

/// However it ends, the next function of this thread has its own time.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        UNTIL.set(None);
    }
}

/// Asked by SQLite all along.
fn is_over() -> bool {
    UNTIL.get().is_some_and(|until| Instant::now() >= until)
}
