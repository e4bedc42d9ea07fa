//! How much waits, looked at every few seconds.

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::InboxDepth;
use hookporter_pipeline::inbox::store::{DepthSeen, Times};
use sqlx::{PgPool, Row};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::inbox::LATE;
use crate::sql::Sql;

/// Looks, until the inbox is closed. A look counts so many entries of indexes at the most as [`InboxDepth::MOST`] says, for each
/// state.
pub(crate) async fn run(seen: DepthSeen, pool: PgPool, sql: &'static Sql, times: Times, end: watch::Receiver<()>) {
    let in_time = || async { timeout(LATE, look(&pool, sql, &times)).await.unwrap_or(Err(sqlx::Error::PoolTimedOut)) };
    seen.run(end, in_time).await;
}

async fn look(pool: &PgPool, sql: &'static Sql, times: &Times) -> sqlx::Result<InboxDepth> {
    let now = times.now();
    let most = i64::try_from(InboxDepth::MOST).unwrap_or(i64::MAX);
    let mut connection = pool.acquire().await?;
    let row = sqlx::query(sql.depth).bind(now.now).bind(now.after).bind(most).fetch_one(&mut *connection).await?;
    let count = |at: usize| row.try_get::<i64, _>(at).map(|count| u64::try_from(count).unwrap_or(0));
    Ok(InboxDepth {
        waiting: count(0)?.saturating_add(count(1)?).min(InboxDepth::MOST),
        dead: count(2)?,
        parked: count(3)?,
        oldest: row.try_get::<Option<i64>, _>(4)?.map(UnixTime::from_millis),
        at: UnixTime::from_millis(row.try_get(5)?),
    })
}
