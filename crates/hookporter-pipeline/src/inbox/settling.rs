//! What a worker does with an event: a function whose success the worker writes down, or one that settles the lease itself.

use std::future::Future;
use std::sync::Arc;

use crate::Event;
use crate::handoff::BoxFuture;
use crate::inbox::worker::Function;
use crate::inbox::{LeaseId, Settled, WorkError, Worker, WorkingSide};

type Settling = dyn Fn(Event, LeaseId) -> BoxFuture<'static, Result<Settled, WorkError>> + Send + Sync;

/// A worker's function.
#[derive(Clone)]
pub(super) enum Work {
    /// Its success is to be written down.
    Function(Arc<Function>),
    /// Its success is written down when it ends.
    Settling(Arc<Settling>),
}

impl Work {
    /// Does it; `None` if the lease is still to be settled.
    pub(super) async fn run(self, event: Event, id: LeaseId) -> Result<Option<Settled>, WorkError> {
        match self {
            Self::Function(function) => function(event).await.map(|()| None),
            Self::Settling(function) => function(event, id).await.map(Some),
        }
    }
}

/// For authors of stores.
impl Worker {
    /// A worker of this store whose function completes the event itself, in the transaction of its effect: both are
    /// durable, or neither is, so that the effect happens exactly once. Where a store offers such workers, it makes them
    /// with this.
    ///
    /// The function gets the event and its lease, and keeps the promise of [`WorkingSide::complete`] by itself: in one
    /// transaction it compares the lease's epoch first, does nothing and says [`Settled::Fenced`] where the lease is over,
    /// and else does the work and makes the event done. After [`Settled::Done`] the worker does not complete the event once
    /// more, and tells its hooks as ever.
    ///
    /// After an error, a panic, and the end of the time limit the worker calls [`WorkingSide::fail`]; after the shutdown,
    /// [`WorkingSide::release`]. A function that could not learn whether its transaction is durable returns an error: if it
    /// is, the store finds the event done and says `Fenced`. The future may be dropped while its transaction is under way,
    /// and the transaction may still succeed then; nobody is told of it.
    ///
    /// ```
    /// use hookporter_pipeline::inbox::{LeaseId, Settled, WorkError, Worker, WorkingSide};
    ///
    /// # trait Database: Clone + Send + Sync + 'static {
    /// #     fn transaction(&self) -> impl Future<Output = Result<Self, std::io::Error>> + Send;
    /// #     fn complete(&self, id: LeaseId) -> impl Future<Output = Result<Settled, std::io::Error>> + Send;
    /// #     fn count(&self, id: Option<&str>) -> impl Future<Output = Result<(), std::io::Error>> + Send;
    /// #     fn commit(self) -> impl Future<Output = Result<(), std::io::Error>> + Send;
    /// # }
    /// fn counting(store: impl WorkingSide, database: impl Database) -> Worker {
    ///     Worker::settling(store, move |event, id| {
    ///         let database = database.clone();
    ///         async move {
    ///             let transaction = database.transaction().await?;
    ///             if transaction.complete(id).await? == Settled::Fenced {
    ///                 return Ok(Settled::Fenced);
    ///             }
    ///             transaction.count(event.id()).await?;
    ///             transaction.commit().await?;
    ///             Ok(Settled::Done)
    ///         }
    ///     })
    /// }
    /// ```
    pub fn settling<F, R>(side: impl WorkingSide, function: F) -> Self
    where
        F: Fn(Event, LeaseId) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Settled, WorkError>> + Send + 'static,
    {
        Self::with_work(side, Work::Settling(Arc::new(move |event, id| Box::pin(function(event, id)))))
    }
}
