//! The file: opened the durable way, and looked through.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig::{SQLITE_DBCONFIG_ENABLE_QPSG, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE};
use rusqlite::{Connection, OpenFlags};
use tokio::time::Instant;

use crate::cancel::Cancel;
use crate::lock::Past;
use crate::role::Role;
use crate::schema::{self, APPLICATION_ID};
use crate::{OpenError, damage, guest, sound};

/// How long to wait for another program that holds SQLite's own lock, such as `sqlite3` in a transaction.
pub(crate) const BUSY: Duration = Duration::from_secs(5);
/// How long the log gets, in bytes, unless the settings say something else.
pub(crate) const LOG: u64 = 64 * 1024 * 1024;
/// Every commit is synced.
pub(crate) const SYNCHRONOUS: &str = "FULL";
/// What SQLite remembers of the file, in KiB, as it wants it said: ids come in no order, so that each event touches another page of
/// their index, and SQLite's own 2 MiB are read anew all the time.
const CACHE: i64 = -16 * 1024;
/// Enough for every statement that there is.
const STATEMENTS: usize = 96;

/// How much of a file is looked through when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// All of it: after an end that was not clean, since what ended the process may have damaged the file. It takes as long as
    /// reading the file.
    Whole,
    /// The tables that all the rest hangs on, without the bodies, after a failure while it was open: senders wait.
    Core,
    /// The same after a clean end: a start is not to take minutes. All that is in the log was synced.
    Closed,
}

impl Look {
    pub(crate) const fn after(past: Past) -> Self {
        match past {
            Past::Closed => Self::Closed,
            Past::None | Past::Unclean => Self::Whole,
        }
    }
}

/// Opens the file, looks through it, and only then lets SQLite write its log back when it is closed: what is damaged, or
/// foreign, is left as it was found.
pub(crate) fn opened(role: Role, path: &Path, look: Look, cancel: &Cancel) -> Result<Connection, OpenError> {
    let connection = role.open(path, cancel)?;
    check(&connection, look, cancel)?;
    connection.set_db_config(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(connection)
}

/// Closes a file that is damaged, and leaves its log as it is.
pub(crate) fn abandon(connection: Connection) {
    // Where this fails there is nothing else to be done.
    let _ = connection.set_db_config(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    drop(connection);
}

/// Opens the file and settles everything that durability rests on; checks that it took effect.
pub(crate) fn open(path: &Path, cancel: &Cancel) -> Result<Connection, OpenError> {
    let is_new = std::fs::metadata(path).map_or(true, |file| file.len() == 0);
    if is_new {
        private(path)?;
    }
    let mut connection = Connection::open(path)?;
    connection.set_db_config(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    cancel.can_interrupt(&connection);
    connection.busy_timeout(BUSY)?;
    if !is_new && !is_ours(&connection)? {
        return Err(OpenError::NotAnInbox { path: path.to_owned() });
    }
    if is_new {
        // Takes effect before the first table only: freed pages can go back to the file system, a few at a time.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    demand(&connection, "journal_mode", "WAL", "wal")?;
    demand(&connection, "synchronous", SYNCHRONOUS, "2")?;
    // What is deleted, or moves within the file, leaves no copy behind in it: bodies are other people's. The log may have one
    // until it is emptied.
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "cache_size", CACHE)?;
    // Else SQLite plans a statement anew whenever a moment is bound to it that it has not seen: a quarter of the writer's work.
    connection.set_db_config(SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    guest::ready(&mut connection);
    schema::migrate(&mut connection)?;
    if is_new {
        sync_directory(path)?;
    }
    Ok(connection)
}

/// Opens an inbox that is there, for a tool: nothing is made, brought to another form, looked through or set aside. It is
/// looked at before anything may be written: opening a stranger's file for writing alone could change it.
pub(crate) fn open_beside(path: &Path, writes: Writes) -> Result<Connection, OpenError> {
    let reading = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    reading.busy_timeout(BUSY)?;
    if !is_ours(&reading)? {
        return Err(OpenError::NotAnInbox { path: path.to_owned() });
    }
    schema::demand_present(&reading, path)?;
    if matches!(writes, Writes::No) {
        return Ok(reading);
    }
    sound::demand()?;
    let writing = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    drop(reading);
    writing.busy_timeout(BUSY)?;
    let mode: String = writing.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode != "wal" {
        return Err(OpenError::NotDurable { setting: format!("journal_mode is {mode}") });
    }
    demand(&writing, "synchronous", SYNCHRONOUS, "2")?;
    bound_log(&writing, LOG)?;
    writing.pragma_update(None, "secure_delete", "ON")?;
    writing.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(writing)
}

/// Has the connection write the log back by itself where it would become longer.
pub(crate) fn bound_log(connection: &Connection, bytes: u64) -> rusqlite::Result<()> {
    connection.pragma_update(None, "wal_autocheckpoint", pages(bytes))
}

/// How many pages of 4 KiB so many bytes are: one at least.
pub(crate) fn pages(bytes: u64) -> i64 {
    i64::try_from(bytes.div_euclid(4096)).unwrap_or(i64::MAX).max(1)
}

/// Whether a tool that opens an inbox may write to it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Writes {
    Yes,
    No,
}

/// Makes the file, for its owner's eyes only: bodies are other people's. What SQLite makes beside it is as it is.
fn private(path: &Path) -> Result<(), OpenError> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| OpenError::failed("making the file", error))
}

/// Whether the database is an inbox, or is still empty: a process may have died between making the file and its tables.
pub(crate) fn is_ours(connection: &Connection) -> Result<bool, OpenError> {
    let id: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(id == APPLICATION_ID || (id == 0 && objects == 0))
}

/// Sets what durability rests on, and reads it back: SQLite keeps silent where it cannot.
fn demand(connection: &Connection, setting: &str, value: &str, expected: &str) -> Result<(), OpenError> {
    connection.pragma_update_and_check(None, setting, value, |_| Ok(())).or_else(|error| match error {
        // Some settings answer nothing when they are set.
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        error => Err(error),
    })?;
    let is: rusqlite::types::Value = connection.pragma_query_value(None, setting, |row| row.get(0))?;
    let is = match is {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    };
    if is == expected { Ok(()) } else { Err(OpenError::NotDurable { setting: format!("{setting} is {is}") }) }
}

/// Looks through the file, and says the first problem; then makes all that is in it durable.
///
/// The log may hold a transaction whose sync failed, or whose process was killed before it. SQLite takes it for committed,
/// and the next try of its sender would be acknowledged as a duplicate although a loss of power could still take it away.
/// Written back into the file, and synced there, it is what it seems to be.
fn check(connection: &Connection, look: Look, cancel: &Cancel) -> Result<(), OpenError> {
    let checks: &[&str] = match look {
        Look::Whole => &["quick_check(1)"],
        Look::Core | Look::Closed => &["quick_check('events')", "quick_check('attempts')"],
    };
    cancel.run(connection, || {
        for check in checks {
            let found: String = connection.query_row(&format!("PRAGMA {check}"), [], |row| row.get(0))?;
            // So it says of a page at which the disk gave an error; it may give the page the next time.
            if found.contains("unable to get the page") {
                return Err(OpenError::failed("looking it through", damage::unreadable(found)));
            }
            if found != "ok" {
                return Err(OpenError::Damaged { problem: found });
            }
        }
        Ok(())
    })?;
    if look == Look::Closed {
        return Ok(());
    }
    let begun = Instant::now();
    loop {
        let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(FULL)", [], |row| row.get(0))?;
        if busy == 0 {
            return Ok(());
        }
        // SQLite waits for readers and writers by itself, but not for another process that writes the log back.
        if begun.elapsed() >= BUSY {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Err(OpenError::failed("writing its log back", "another program reads it in a long transaction"))
}

/// Gives the first event its number, in a file that has had none. Where an inbox had been before it begins above every number
/// of that one: a handler may remember what it has worked by its number.
pub(crate) fn number_from(connection: &Connection, past: Past, now: i64) -> Result<(), OpenError> {
    let first = if past == Past::None { 0 } else { now };
    let sql = "INSERT INTO numbered (last) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM numbered)";
    connection.execute(sql, [first])?;
    Ok(())
}

/// The path with a suffix.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut whole = OsString::from(path);
    whole.push(suffix);
    whole.into()
}

/// Makes a file's name as durable as its bytes.
pub(crate) fn sync_directory(path: &Path) -> Result<(), OpenError> {
    if cfg!(unix) {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let synced = File::open(directory).and_then(|directory| directory.sync_all());
        synced.map_err(|error| OpenError::failed("syncing its directory", error))?;
    }
    Ok(())
}
