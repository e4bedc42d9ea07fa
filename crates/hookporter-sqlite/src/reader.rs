//! Reading an inbox that a server has open.

use std::path::Path;

use hookporter_pipeline::inbox::{EventRecord, InboxError};
use rusqlite::{Connection, OpenFlags};

use crate::log::{self, Attempted, Listed, Stats};
use crate::{OpenError, State, file, schema};

/// Reads an inbox, whether its server runs or not, and changes nothing. For tools: every call blocks on the disk.
///
/// ```no_run
/// use hookporter_sqlite::{Reader, State};
///
/// for dead in Reader::open("hooks.db")?.list(Some(State::Dead), 0, 100)? {
///     println!("{} {:?}", dead.number, dead.last_error);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
}

impl Reader {
    /// Opens the inbox in this file for reading.
    ///
    /// # Errors
    /// [`OpenError`] if there is no such file, it is no inbox, or a newer release wrote it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(file::BUSY)?;
        if !file::is_ours(&connection)? || schema::version(&connection)? == 0 {
            return Err(OpenError::NotAnInbox { path: path.to_owned() });
        }
        Ok(Self { connection })
    }

    /// Events in this state, or in any, by number, at most `most` of those behind the number `after`; begin with 0.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn list(&self, state: Option<State>, after: i64, most: usize) -> Result<Vec<Listed>, InboxError> {
        log::list(&self.connection, state, after, most).map_err(InboxError::new)
    }

    /// All that is kept of an event, body included; `None` if there is no such event, or its body was swept.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn inspect(&self, number: i64) -> Result<Option<(Listed, EventRecord)>, InboxError> {
        log::inspect(&self.connection, number).map_err(InboxError::new)
    }

    /// The attempts to work an event, in order.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn attempts(&self, number: i64) -> Result<Vec<Attempted>, InboxError> {
        log::attempts(&self.connection, number).map_err(InboxError::new)
    }

    /// How much the inbox holds. It counts every row.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn stats(&self) -> Result<Stats, InboxError> {
        log::stats(&self.connection).map_err(InboxError::new)
    }
}
