//! The inbox: a handle on the database and the task that writes.

use std::fmt;
use std::future::Future;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::store::{DepthSeen, Fault, Queue, Sealing, Times};
use hookporter_pipeline::inbox::{Durability, EndpointNames, InboxError, WorkError, Worker};
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::aside::Beside;
use crate::completions::Completion;
use crate::fault;
use crate::nodes::Nodes;
use crate::sql::Sql;
use crate::{OpenError, Settings};

/// How long a word of a worker's may take.
pub(crate) const LATE: Duration = Duration::from_secs(6);

/// A durable inbox in a PostgreSQL database: for receivers and workers on any number of nodes.
///
/// Clones are handles on the same inbox. It closes when the last is gone, and what waits is written: see [`Inbox::close`].
///
/// ```
/// use hookporter_core::Secret;
/// use hookporter_pipeline::{Endpoint, Event, inbox::WorkError};
/// use hookporter_postgres::Inbox;
///
/// async fn on_event(event: Event) -> Result<(), WorkError> {
///     println!("{:?}", event.event_type());
///     Ok(())
/// }
///
/// # async fn example(shutdown: impl Future<Output = ()>) -> Result<(), Box<dyn std::error::Error>> {
/// let inbox = Inbox::connect("postgres://shop@db.internal/shop").await?;
/// let github = Endpoint::github(Secret::env("GITHUB_SECRET")?)?.inbox(&inbox);
/// // … give the endpoint to an adapter, and beside the server, or on another node:
/// let end = inbox.worker(on_event).run_until(shutdown).await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Inbox {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) queue: Arc<Queue>,
    pub(crate) changed: Arc<watch::Sender<()>>,
    pub(crate) sql: &'static Sql,
    pub(crate) times: Times,
    pub(crate) sealing: Sealing,
    /// The user's.
    pub(crate) pool: PgPool,
    pub(crate) workers: PgPool,
    pub(crate) names: EndpointNames,
    pub(crate) depth: DepthSeen,
    pub(crate) durability: Durability,
    /// To the task that completes, once there is something to complete: bounded by what workers have under way.
    pub(crate) completions: OnceLock<mpsc::UnboundedSender<Completion>>,
    /// Whether somebody hears what other nodes tell.
    pub(crate) listens: AtomicBool,
    /// What is written down beside the acceptances.
    pub(crate) beside: Beside,
    /// What nodes agree on.
    pub(crate) nodes: Nodes,
    /// Ends with the writer.
    pub(crate) end: watch::Receiver<()>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Shared {
    pub(crate) async fn connection(&self) -> sqlx::Result<PoolConnection<Postgres>> {
        self.workers.acquire().await
    }
}

/// What a worker asks for, within a time.
pub(crate) async fn in_time<T>(asked: impl Future<Output = sqlx::Result<T>> + Send) -> Result<T, InboxError> {
    let Ok(answer) = timeout(LATE, asked).await else {
        return Err(Fault::Store("the database does not answer".to_owned()).into());
    };
    Ok(answer.map_err(fault::of)?)
}

impl Inbox {
    pub(crate) fn new(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// Opens the inbox in the database of this URL, and makes its tables if they are not there. [`Settings::connect`] opens one
    /// that differs from the defaults.
    ///
    /// # Errors
    /// [`OpenError`], which says what is wrong.
    pub async fn connect(url: &str) -> Result<Self, OpenError> {
        Settings::new().connect(url).await
    }

    /// Opens the inbox in the database of this pool of yours; see [`Settings::with_pool`].
    ///
    /// # Errors
    /// [`OpenError`], which says what is wrong.
    pub async fn with_pool(pool: PgPool) -> Result<Self, OpenError> {
        Settings::new().with_pool(pool).await
    }

    /// A worker that gives the events of this inbox to an async function.
    pub fn worker<F, R, E>(&self, function: F) -> Worker
    where
        F: Fn(Event) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<WorkError>,
    {
        Worker::new(self.clone(), function)
    }

    /// The pool that effects have their transactions from: yours, if you gave one.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.shared.pool
    }

    /// How many deliveries wait for their commit in this process, and how many bytes they have.
    #[must_use]
    pub fn queue_depth(&self) -> (usize, usize) {
        self.shared.queue.depth()
    }

    /// How many requests the journal has no row of, since more came than could be written down: those of this process, and those
    /// that others had written down when this one opened the inbox, or last lost some itself.
    #[must_use]
    pub fn lost_requests(&self) -> u64 {
        self.shared.beside.notes.as_ref().map_or(0, |notes| notes.lost())
    }

    /// Closes the inbox for every handle of this process: takes nothing more, writes what waits, and ends when its connections
    /// are closed. Workers end, too, and what they had not finished is due when their leases run out: end them first, so that
    /// they can. A pool of yours stays open.
    pub async fn close(&self) {
        self.shared.queue.close();
        let mut end = self.shared.end.clone();
        // An error says that the writer is gone.
        while end.changed().await.is_ok() {}
        // What hangs is not waited for.
        let mut aside_end = self.shared.beside.end.clone();
        let _ = timeout(LATE, async { while aside_end.changed().await.is_ok() {} }).await;
        let _ = timeout(LATE, self.shared.nodes.left()).await;
        let _ = timeout(LATE, self.shared.workers.close()).await;
        // Workers that wait learn it.
        self.shared.changed.send_replace(());
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn sql(&self) -> &'static Sql {
        self.shared.sql
    }

    pub(crate) fn times(&self) -> &Times {
        &self.shared.times
    }

    /// Wakes the workers of this process.
    pub(crate) fn wake(&self) {
        self.shared.changed.send_replace(());
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("schema", &self.shared.sql.channel).finish_non_exhaustive()
    }
}
