//! How much waits, looked at every few seconds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::InboxDepth;
use hookporter_pipeline::inbox::store::Times;
use sqlx::{PgPool, Row};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::inbox::LATE;
use crate::sql::Sql;

/// How often. A look counts so many entries of indexes at the most as [`InboxDepth::MOST`] says, for each state.
const EVERY: Duration = Duration::from_secs(5);

/// What was last seen, for whoever asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Depth {
    seen: Arc<Mutex<Option<InboxDepth>>>,
}

impl Depth {
    pub(crate) fn seen(&self) -> Option<InboxDepth> {
        // Nothing under the lock can leave it half done.
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks, until the inbox is closed. While the server is away the last look stands, with its moment.
    pub(crate) async fn run(self, pool: PgPool, sql: &'static Sql, times: Times, mut end: watch::Receiver<()>) {
        let looking = async {
            loop {
                if let Ok(Ok(depth)) = timeout(LATE, look(&pool, sql, &times)).await {
                    *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(depth);
                }
                sleep(EVERY).await;
            }
        };
        tokio::select! {
            () = looking => {}
            // An error says that the writer is gone, and the inbox closed.
            _ = end.changed() => {}
        }
    }
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
