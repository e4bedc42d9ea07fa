//! What can be in the way of notes.

use rusqlite::ErrorCode;

use crate::store::is_of_one_job;

/// Why notes are not written down.
pub(super) enum Problem {
    /// Somebody else writes.
    Busy,
    /// There is no room, or something is in the way of these.
    NotNow(String),
    Damaged(rusqlite::Error),
    /// Nothing is believed of the connection any more.
    Broken(rusqlite::Error),
}

impl Problem {
    pub(super) fn of(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::NotNow(error.to_string()),
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged(error),
            _ if is_of_one_job(&error) => Self::NotNow(error.to_string()),
            _ => Self::Broken(error),
        }
    }
}
