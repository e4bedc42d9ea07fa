//! Connections of the inbox's own: what the server must promise, and how a session is set.

use std::time::Duration;

use hookporter_pipeline::inbox::Durability;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection, Row};

use crate::OpenError;

/// How long a connection may take to be made: most tries are short, so that a server is found soon that is back.
pub(crate) const SHORT: Duration = Duration::from_millis(900);
/// One that is far away, or only wakes up when it is called, takes longer.
pub(crate) const PATIENT: Duration = Duration::from_secs(10);

/// A session: what a batch of acceptances needs and nobody's setting for the role or the database may change.
///
/// The durability that was found is pinned: turning it off for the server changes nothing in sessions under way. What hangs
/// is ended by the server itself, locks of a node included that was frozen in a transaction. Plans are made anew where $1 says
/// so: how many rows there are, and how many are asked for, decides whether a table is read from end to end.
const SESSION: &str = "SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false), \
     set_config('default_transaction_isolation', 'read committed', false), \
     set_config('lock_timeout', '1500ms', false), set_config('statement_timeout', '5s', false), \
     set_config('idle_in_transaction_session_timeout', '2s', false), set_config('plan_cache_mode', $1, false), \
     set_config('tcp_keepalives_idle', '10', false)";

/// A connection to a server that is as it must be.
pub(crate) async fn connect(
    options: &PgConnectOptions,
    demand: Demand,
    patience: Duration,
) -> Result<PgConnection, OpenError> {
    let Ok(connected) = tokio::time::timeout(patience, options.connect()).await else {
        return Err(OpenError::Unreachable(sqlx::Error::PoolTimedOut));
    };
    let mut connection = connected.map_err(OpenError::Unreachable)?;
    let prepared = tokio::time::timeout(patience, prepare(&mut connection, demand, Plans::Kept)).await;
    prepared.unwrap_or(Err(OpenError::Unreachable(sqlx::Error::PoolTimedOut)))?;
    Ok(connection)
}

/// What the server must promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Demand {
    /// That it loses nothing which it has committed.
    #[default]
    Durable,
    /// For tests of the user's: their servers often sync nothing.
    Waived,
}

impl Demand {
    /// What acknowledged events survive where it is met.
    pub(crate) const fn durability(self) -> Durability {
        match self {
            Self::Durable => Durability::Synced,
            // With `synchronous_commit` off a commit is in the memory of the server for a while.
            Self::Waived => Durability::Memory,
        }
    }
}

/// How statements of a session are planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plans {
    /// Once, as far as the server sees fit.
    Kept,
    /// Each time.
    Fresh,
}

/// Sets a session, where the server is as it must be.
pub(crate) async fn prepare(connection: &mut PgConnection, demand: Demand, plans: Plans) -> Result<(), OpenError> {
    let sql = "SELECT current_setting('server_version_num')::integer, current_setting('server_encoding'), \
         pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean, \
         current_setting('synchronous_commit'), current_setting('fsync')";
    let row = sqlx::query(sql).fetch_one(&mut *connection).await.map_err(OpenError::Unreachable)?;
    let text = |at: usize| row.try_get::<String, _>(at).map_err(OpenError::Unreachable);
    let version: i32 = row.try_get(0).map_err(OpenError::Unreachable)?;
    if version < 120_000 {
        return Err(OpenError::TooOld(version));
    }
    let encoding = text(1)?;
    if encoding != "UTF8" {
        return Err(OpenError::Encoding(encoding));
    }
    if row.try_get(2).map_err(OpenError::Unreachable)? {
        return Err(OpenError::ReadOnly);
    }
    if demand == Demand::Durable {
        for (setting, value) in [("synchronous_commit", text(3)?), ("fsync", text(4)?)] {
            if value == "off" {
                return Err(OpenError::NotDurable { setting, value });
            }
        }
    }
    let plans = if plans == Plans::Kept { "auto" } else { "force_custom_plan" };
    sqlx::query(SESSION).bind(plans).execute(connection).await.map_err(OpenError::Unreachable)?;
    Ok(())
}
