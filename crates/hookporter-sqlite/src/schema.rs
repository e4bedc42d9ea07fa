//! The tables, and how a file of an earlier release becomes one of this.

use std::path::Path;

use rusqlite::Connection;

use crate::OpenError;

/// "Hook": what the file says it is, so that no other program's database is taken for an inbox.
pub(crate) const APPLICATION_ID: i64 = 0x486f_6f6b;

/// The steps from an empty file to the present form. A step is never changed once it was released: files out there have
/// taken it.
const MIGRATIONS: [&str; 6] = [
    include_str!("schema.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
    include_str!("schema_6.sql"),
];

/// The version of a file's form; 0 where nothing is in it yet.
pub(crate) fn version(connection: &Connection) -> Result<i64, OpenError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if version > known {
        return Err(OpenError::Newer { version, known });
    }
    Ok(version)
}

/// Refuses a file that is in no form, or not in the present one: for those who must not change it.
pub(crate) fn demand_present(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    match version(connection)? {
        0 => Err(OpenError::NotAnInbox { path: path.to_owned() }),
        version if version < known => Err(OpenError::Older { version, known }),
        _ => Ok(()),
    }
}

/// Brings a file to the present form, each step in a transaction with its number.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let version = version(connection)?;
    let done = usize::try_from(version).unwrap_or(0);
    if done >= MIGRATIONS.len() {
        return Ok(());
    }
    // A step may make a table anew. Users have tables of their own in the file, whose keys and views name it: rows that hang on
    // its rows stay, and so do the names. Neither can be said within a transaction.
    let keys: bool = connection.pragma_query_value(None, "foreign_keys", |row| row.get(0))?;
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.pragma_update(None, "legacy_alter_table", true)?;
    let stepped = step(connection, done);
    connection.pragma_update(None, "legacy_alter_table", false)?;
    connection.pragma_update(None, "foreign_keys", keys)?;
    stepped
}

fn step(connection: &mut Connection, done: usize) -> Result<(), OpenError> {
    for (at, step) in MIGRATIONS.iter().enumerate().skip(done) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        let next = i64::try_from(at).unwrap_or(0).saturating_add(1);
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", next)?;
        transaction.commit()?;
    }
    Ok(())
}
