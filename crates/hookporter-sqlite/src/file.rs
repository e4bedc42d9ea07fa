//! The file: opened the durable way, checked, and set aside when it is damaged.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::time::Instant;

use crate::schema::{self, APPLICATION_ID};
use crate::{OpenError, guest, sound};

/// How long to wait for another program that holds SQLite's own lock, such as `sqlite3` in a transaction.
pub(crate) const BUSY: Duration = Duration::from_secs(5);
/// In pages of 4 KiB: the log is written back into the file when it is this long, unless an idle moment came before.
const CHECKPOINT_PAGES: i64 = 4000;
/// Enough for every statement that there is.
const STATEMENTS: usize = 64;

/// Opens the file and settles everything that durability rests on; checks that it took effect.
pub(crate) fn open(path: &Path) -> Result<Connection, OpenError> {
    let is_new = std::fs::metadata(path).map_or(true, |file| file.len() == 0);
    if is_new {
        private(path)?;
    }
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    if !is_new && !is_ours(&connection)? {
        return Err(OpenError::NotAnInbox { path: path.to_owned() });
    }
    if is_new {
        // Takes effect before the first table only: freed pages can go back to the file system, a few at a time.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    demand(&connection, "journal_mode", "WAL", "wal")?;
    demand(&connection, "synchronous", "FULL", "2")?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    // What is deleted, or moves within the file, leaves no copy behind in it: bodies are other people's. The log may have one
    // until it is emptied.
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else SQLite plans a statement anew whenever a moment is bound to it that it has not seen: a quarter of the writer's work.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
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
    demand(&writing, "synchronous", "FULL", "2")?;
    writing.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    writing.pragma_update(None, "secure_delete", "ON")?;
    writing.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(writing)
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

/// Looks through the whole file, and says the first problem; then makes all that is in it durable.
///
/// The log may hold a transaction whose sync failed, or whose process was killed before it. SQLite takes it for committed,
/// and the next try of its sender would be acknowledged as a duplicate although a loss of power could still take it away.
/// Written back into the file, and synced there, it is what it seems to be.
pub(crate) fn check(connection: &Connection) -> Result<(), OpenError> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(OpenError::Damaged { problem: found });
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

/// Moves a damaged file and what belongs to it out of the way, whole, for whoever can rescue what is in it.
pub(crate) fn set_aside(path: &Path, now: i64) -> Result<PathBuf, OpenError> {
    let aside = |suffix: &str| beside(path, &format!(".damaged-{now}{suffix}"));
    for suffix in ["-wal", "-shm", ""] {
        match std::fs::rename(beside(path, suffix), aside(suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(OpenError::failed("setting the damaged file aside", error));
            }
            _ => {}
        }
    }
    sync_directory(path)?;
    Ok(aside(""))
}

/// The path with a suffix.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut whole = OsString::from(path);
    whole.push(suffix);
    whole.into()
}

/// Makes a file's name as durable as its bytes.
fn sync_directory(path: &Path) -> Result<(), OpenError> {
    if cfg!(unix) {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let synced = File::open(directory).and_then(|directory| directory.sync_all());
        synced.map_err(|error| OpenError::failed("syncing its directory", error))?;
    }
    Ok(())
}
