//! Takes what waits to be kept, a little at a time, behind everything else.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::store::{Sealing, columns};
use hookporter_pipeline::operating::RefusedRequest;
use hookporter_pipeline::quarantine::{RefusedQueue, RefusedTurns};
use sqlx::{Connection, PgConnection, Row};
use tokio::time::timeout;

use super::room;
use crate::batch::column;
use crate::fault::{Remedy, remedy};
use crate::inbox::LATE;
use crate::sql::Sql;
use crate::text::{kept, told};

/// Keeps refused requests.
pub(crate) struct Keeper {
    turns: RefusedTurns,
    sql: &'static Sql,
    sealing: Sealing,
}

impl Keeper {
    pub(crate) fn new(queue: Arc<RefusedQueue>, sql: &'static Sql, sealing: Sealing) -> Self {
        Self { turns: RefusedTurns::new(queue), sql, sealing }
    }

    /// How long until there is something to do, at the most.
    pub(crate) fn patience(&self) -> Duration {
        self.turns.patience()
    }

    pub(crate) fn is_due(&self) -> bool {
        self.turns.is_due()
    }

    pub(crate) fn has_work(&self) -> bool {
        !self.turns.queue().is_empty()
    }

    /// Nobody takes any more what still waits.
    pub(crate) fn end(&mut self) {
        self.turns.end("the inbox is closed");
    }

    /// Keeps the next few. Nothing is taken before it is this node's turn: till then it waits.
    pub(crate) async fn keep(&mut self, connection: &mut PgConnection) -> Result<(), Remedy> {
        self.turns.begin();
        let kept = timeout(LATE, self.step(connection)).await.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        self.turns.tell("more came than there is room for, or they could not be written");
        kept.map_err(|error| remedy(&error))
    }

    async fn step(&mut self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let mut transaction = connection.begin().await?;
        sqlx::query(self.sql.refused.turn).bind(self.sql.schema).execute(&mut *transaction).await?;
        let requests = self.turns.take();
        let sizes: Vec<i64> = requests.iter().map(|request| size(request.body.len())).collect();
        let sealed: Result<Vec<RefusedRequest>, _> =
            requests.into_iter().map(|request| self.sealing.seal_refused(request)).collect();
        match sealed {
            Ok(requests) => {
                self.insert(&mut transaction, &requests, sizes).await?;
                for reached_proof in [false, true] {
                    self.make_room(&mut transaction, reached_proof).await?;
                }
                transaction.commit().await?;
                self.turns.kept();
            }
            Err(error) => tracing::error!(target: "hookporter", "refused requests are not kept: {error}"),
        }
        Ok(())
    }

    async fn insert(
        &self,
        connection: &mut PgConnection,
        requests: &[RefusedRequest],
        sizes: Vec<i64>,
    ) -> sqlx::Result<()> {
        let query = sqlx::query(self.sql.refused.keep);
        let query = column(query, requests, |request| request.trace.to_bits().cast_signed());
        let query = column(query, requests, |request| kept(&request.endpoint));
        let query = column(query, requests, |request| request.reason.as_str());
        let query = column(query, requests, |request| kept(&request.detail));
        let query = column(query, requests, |request| UnixTime::as_millis(request.arrived_at));
        let query = column(query, requests, |request| kept(&request.method));
        let query = column(query, requests, |request| kept(&request.target));
        let query = column(query, requests, |request| request.reached_proof);
        let query = column(query, requests, |request| columns::lines(&request.headers));
        let query = column(query, requests, |request| &request.body[..]);
        let query = column(query, requests, |request| request.peer.map(|peer| peer.to_string()));
        let query = column(query, requests, |request| request.sealed_by.as_deref());
        let query = query.bind(sizes);
        column(query, requests, |request| size(request.weight())).execute(connection).await?;
        Ok(())
    }

    /// Takes the oldest away until the rest is within the bounds.
    async fn make_room(&self, connection: &mut PgConnection, reached_proof: bool) -> sqlx::Result<()> {
        let (sql, bounds) = (&self.sql.refused, self.turns.queue().bounds());
        let unsigned = |count: i64| usize::try_from(count).unwrap_or(0);
        let row = sqlx::query(sql.size).bind(reached_proof).fetch_one(&mut *connection).await?;
        if unsigned(row.try_get(0)?) <= bounds.requests && unsigned(row.try_get(1)?) <= bounds.bytes {
            return Ok(());
        }
        let rows = sqlx::query(sql.shares).bind(reached_proof).fetch_all(&mut *connection).await?;
        let share =
            |row: &sqlx::postgres::PgRow| Ok((row.try_get(0)?, told(row.try_get(1)?), unsigned(row.try_get(2)?)));
        let all = rows.iter().map(share).collect::<sqlx::Result<_>>()?;
        sqlx::query(sql.remove).bind(room::too_many(all, bounds)).execute(connection).await?;
        Ok(())
    }
}

fn size(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
