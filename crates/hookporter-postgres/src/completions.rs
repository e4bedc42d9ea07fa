//! Completions of events that are in no lane: what comes while one statement is under way goes into the next, so that many
//! attempts which end together share a sync.

use hookporter_pipeline::inbox::LeaseId;
use hookporter_pipeline::inbox::store::{Fault, Moment};
use sqlx::{PgPool, Row};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::fault;
use crate::inbox::LATE;
use crate::sql::Sql;

/// How many one statement holds.
const MOST: usize = 256;

/// An event that is worked.
pub(crate) struct Completion {
    pub(crate) id: LeaseId,
    pub(crate) now: Moment,
    /// Whether it is completed; if not, it is in a lane, or the lease is over.
    pub(crate) reply: oneshot::Sender<Result<bool, Fault>>,
}

/// Completes what comes, until nobody can ask any more.
pub(crate) async fn run(pool: PgPool, sql: &'static Sql, mut waiting: mpsc::UnboundedReceiver<Completion>) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, MOST).await > 0 {
        // Whoever asked by one clock has about the same present.
        let now = batch.last().map_or(Moment { now: None, after: 0 }, |last| last.now);
        let ids: Vec<LeaseId> = batch.iter().map(|completion| completion.id).collect();
        let done = timeout(LATE, complete(&pool, sql, now, &ids)).await;
        let done = done.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(fault::of);
        for completion in batch.drain(..) {
            let answer = done.as_ref().map(|done| done.contains(&completion.id.number)).map_err(Clone::clone);
            // They may be gone; what is done is done.
            let _ = completion.reply.send(answer);
        }
    }
}

/// The numbers of those that are completed.
async fn complete(pool: &PgPool, sql: &'static Sql, now: Moment, ids: &[LeaseId]) -> sqlx::Result<Vec<i64>> {
    let mut connection = pool.acquire().await?;
    let numbers: Vec<i64> = ids.iter().map(|id| id.number).collect();
    let epochs: Vec<i64> = ids.iter().map(|id| id.epoch).collect();
    let query = sqlx::query(sql.complete_many).bind(now.now).bind(now.after).bind(numbers).bind(epochs);
    let rows = query.fetch_all(&mut *connection).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}
