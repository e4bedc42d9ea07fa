//! Workers whose effect is in the same database, in the same transaction as the completion of its event.

use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{LeaseId, Settled, WorkError, Worker};
use sqlx::{PgConnection, Postgres, Row, Transaction};

use crate::{Inbox, settle};

/// A transaction of your database, in which an event is completed once your function gives this back.
///
/// It is an [`sqlx::PgConnection`] to whoever derefs it. There is no way to commit it: the inbox does, together with the
/// completion of the event. Where it is dropped, everything that was done in it is undone.
pub struct Effect {
    transaction: Transaction<'static, Postgres>,
    id: LeaseId,
    /// Of the lane that the event holds.
    lane: Option<i64>,
    /// The transaction's number: whoever ended it by a statement has another one now.
    number: i64,
}

impl Deref for Effect {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.transaction
    }
}

impl DerefMut for Effect {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }
}

impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Effect").field("event", &self.id.number).finish_non_exhaustive()
    }
}

/// Effects that happen exactly once.
impl Inbox {
    /// A worker whose function writes to tables of yours in the inbox's own database, in the transaction in which its event is
    /// completed. Both are durable or neither is: the effect happens **exactly once**, through crashes of nodes and of the
    /// server, retries and leases that ran out.
    ///
    /// ```
    /// use hookporter_pipeline::{Event, inbox::WorkError};
    /// use hookporter_postgres::{Effect, Inbox, sqlx};
    ///
    /// async fn book(event: Event, mut effect: Effect) -> Result<Effect, WorkError> {
    ///     let amount = event.member("/amount").ok_or_else(|| WorkError::dead_letter("no amount"))?;
    ///     sqlx::query("UPDATE balance SET cents = cents + $1::bigint").bind(&*amount).execute(&mut *effect).await?;
    ///     Ok(effect)
    /// }
    ///
    /// # async fn example(pool: sqlx::PgPool, shutdown: impl Future<Output = ()>) -> Result<(), Box<dyn std::error::Error>> {
    /// let inbox = Inbox::with_pool(pool).await?;
    /// let end = inbox.transactional_worker(book).run_until(shutdown).await;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// - The transaction is one of the pool's, `READ COMMITTED`, and begins before the function is called: each event under way
    ///   holds a connection of the pool. Bound them by [`Worker::concurrency`].
    /// - **Only what is done through the [`Effect`] is undone** when the function fails, panics, takes too long, or has lost its
    ///   lease meanwhile; it is called again then. What it does besides, such as a request, is done again.
    /// - `COMMIT` and `ROLLBACK` are not to be executed: after one of them the attempt has failed, and what was committed stays
    ///   and is done again. Savepoints are yours, such as by `sqlx::Connection::begin`.
    /// - The moment of completion is by the database's clock.
    pub fn transactional_worker<F, R, E>(&self, function: F) -> Worker
    where
        F: Fn(Event, Effect) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Effect, E>> + Send + 'static,
        E: Into<WorkError>,
    {
        let function = Arc::new(function);
        let inbox = self.clone();
        Worker::settling(self.clone(), move |event, id| {
            let (inbox, function) = (inbox.clone(), function.clone());
            async move {
                let Some(effect) = inbox.begin(id).await? else { return Ok(Settled::Fenced) };
                let effect = function(event, effect).await.map_err(Into::into)?;
                inbox.take_effect(effect, id).await
            }
        })
    }

    /// Begins the transaction of an effect; `None` where the lease is over.
    pub(crate) async fn begin(&self, id: LeaseId) -> sqlx::Result<Option<Effect>> {
        let mut transaction = self.pool().begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
        let query = sqlx::query(self.sql().begin).bind(id.number).bind(id.epoch);
        let Some(row) = query.fetch_optional(&mut *transaction).await? else { return Ok(None) };
        let (lane, number) = (row.try_get(0)?, row.try_get(1)?);
        Ok(Some(Effect { transaction, id, lane, number }))
    }

    /// Completes the event and commits.
    pub(crate) async fn take_effect(&self, effect: Effect, id: LeaseId) -> Result<Settled, WorkError> {
        let Effect { mut transaction, id: of, lane, number } = effect;
        if of != id {
            return Err(WorkError::retry("the function gave back the effect of another event"));
        }
        let now = self.times().now();
        let (settled, makes_way) = settle::complete_in(&mut transaction, self.sql(), now, id, lane, number).await?;
        if settled == Settled::Fenced {
            let row = sqlx::query("SELECT txid_current() = $1").bind(number).fetch_one(&mut *transaction).await?;
            return if row.try_get::<bool, _>(0)? {
                Ok(Settled::Fenced)
            } else {
                Err(WorkError::retry("the function ended its transaction: what it committed will be done again"))
            };
        }
        transaction.commit().await?;
        if makes_way {
            self.wake();
        }
        Ok(Settled::Done)
    }
}
