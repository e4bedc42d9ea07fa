//! The tables and their versions, in a schema of their own beside the user's.

use sqlx::{Connection, Executor, PgConnection, Row};

use crate::OpenError;
use crate::sql::Sql;

/// What makes each version out of the one before.
const VERSIONS: [&str; 3] = [include_str!("schema_1.sql"), include_str!("schema_2.sql"), include_str!("schema_3.sql")];
/// Of the lock under which tables are made, whatever the schema is called.
const LOCK: i64 = 0x686f_6f6b_706f_7274;

/// Makes the tables, or brings them to this release's version. Nodes that start at once wait for each other.
pub(crate) async fn migrate(connection: &mut PgConnection, sql: &'static Sql) -> Result<(), OpenError> {
    let newest = i32::try_from(VERSIONS.len()).unwrap_or(i32::MAX);
    match version(connection, sql).await.map_err(OpenError::Tables)? {
        version if version > newest => return Err(OpenError::Newer(version)),
        // A role that may make nothing can still use what is there.
        version if version == newest => return Ok(()),
        _ => {}
    }
    upgrade(connection, sql).await.map_err(OpenError::Tables)
}

/// Refuses a schema whose tables are not there, or of another version: for those who make none.
pub(crate) async fn demand_present(connection: &mut PgConnection, sql: &'static Sql) -> Result<(), OpenError> {
    let newest = i32::try_from(VERSIONS.len()).unwrap_or(i32::MAX);
    match version(connection, sql).await.map_err(OpenError::Tables)? {
        0 => Err(OpenError::Absent(sql.channel.to_owned())),
        version if version < newest => Err(OpenError::Older(version)),
        version if version > newest => Err(OpenError::Newer(version)),
        _ => Ok(()),
    }
}

async fn upgrade(connection: &mut PgConnection, sql: &'static Sql) -> sqlx::Result<()> {
    let mut transaction = connection.begin().await?;
    // Others may need longer than a batch of acceptances does.
    let settings = "SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true), \
         set_config('idle_in_transaction_session_timeout', '0', true), set_config('search_path', $1, true)";
    sqlx::query(settings).bind(sql.schema).execute(&mut *transaction).await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *transaction).await?;
    // Whoever may not make schemas may have been given one.
    let there =
        sqlx::query("SELECT to_regnamespace($1) IS NOT NULL").bind(sql.schema).fetch_one(&mut *transaction).await?;
    if !there.try_get::<bool, _>(0)? {
        transaction.execute(sql.make_schema).await?;
    }
    let made = usize::try_from(version(&mut transaction, sql).await?).unwrap_or(0);
    for (at, text) in VERSIONS.iter().enumerate().skip(made) {
        transaction.execute(*text).await?;
        let version = i32::try_from(at).unwrap_or(i32::MAX).saturating_add(1);
        sqlx::query(sql.made).bind(version).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

/// The version of the tables; 0 where there are none.
async fn version(connection: &mut PgConnection, sql: &'static Sql) -> sqlx::Result<i32> {
    let is_there =
        sqlx::query("SELECT to_regclass($1) IS NOT NULL").bind(sql.versions).fetch_one(&mut *connection).await?;
    if !is_there.try_get::<bool, _>(0)? {
        return Ok(0);
    }
    sqlx::query(sql.version).fetch_one(connection).await?.try_get(0)
}
