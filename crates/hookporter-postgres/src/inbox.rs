//! The inbox: a handle on the database and the task that writes.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hookporter_pipeline::inbox::{
    Claim, Claimed, Durability, EndpointNames, Failure, InboxError, LeaseId, Settled, WorkError, Worker, WorkingSide,
};
use hookporter_pipeline::{BoxFuture, Event};
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use crate::completions::{self, Completion};
use crate::depth::Depth;
use crate::fault::Fault;
use crate::moment::{Moment, Times};
use crate::nodes::Nodes;
use crate::queue::Queue;
use crate::sealing::Sealing;
use crate::sql::Sql;
use crate::{OpenError, Settings, claim, listen, settle};

/// How often a worker looks by itself, whatever it hears.
const POLL: Duration = Duration::from_secs(1);
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
    shared: Arc<Shared>,
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
    pub(crate) depth: Depth,
    pub(crate) durability: Durability,
    /// To the task that completes, once there is something to complete: bounded by what workers have under way.
    pub(crate) completions: OnceLock<mpsc::UnboundedSender<Completion>>,
    /// Whether somebody hears what other nodes tell.
    pub(crate) listens: AtomicBool,
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
    Ok(answer.map_err(Fault::from)?)
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

    /// Closes the inbox for every handle of this process: takes nothing more, writes what waits, and ends when its connections
    /// are closed. Workers end, too, and what they had not finished is due when their leases run out: end them first, so that
    /// they can. A pool of yours stays open.
    pub async fn close(&self) {
        self.shared.queue.close();
        let mut end = self.shared.end.clone();
        // An error says that the writer is gone.
        while end.changed().await.is_ok() {}
        // What hangs is not waited for.
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

    /// Whether the event is completed, in one statement with others.
    async fn complete_with_others(&self, id: LeaseId, now: Moment) -> Result<bool, Fault> {
        let shared = &self.shared;
        let completions = shared.completions.get_or_init(|| {
            let (completions, waiting) = mpsc::unbounded_channel();
            tokio::spawn(completions::run(shared.workers.clone(), shared.sql, waiting));
            completions
        });
        let (reply, answer) = oneshot::channel();
        completions.send(Completion { id, now, reply }).map_err(|_| Fault::Closed)?;
        answer.await.unwrap_or(Err(Fault::Closed))
    }

    /// Begins to hear what other nodes tell, once there is a worker.
    fn hear(&self) {
        if !self.shared.listens.swap(true, Ordering::Relaxed) {
            let shared = &self.shared;
            let changed = Arc::downgrade(&shared.changed);
            let hint = shared.nodes.hint();
            tokio::spawn(listen::run(shared.workers.clone(), shared.sql.channel, changed, hint, shared.end.clone()));
        }
    }
}

impl WorkingSide for Inbox {
    fn claim(&self, claim: Claim) -> BoxFuture<'static, Result<Claimed, InboxError>> {
        self.hear();
        let inbox = self.clone();
        Box::pin(async move {
            let shared = &inbox.shared;
            let claiming =
                async { claim::claim(&mut *shared.connection().await?, shared.sql, &shared.times, claim).await };
            Ok(shared.sealing.open_all(in_time(claiming).await?))
        })
    }

    fn renew(&self, id: LeaseId, until: hookporter_core::UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        let shared = self.shared.clone();
        Box::pin(in_time(async move {
            let mut connection = shared.connection().await?;
            // Its distance from the present counts, so it is taken now.
            settle::renew(&mut connection, shared.sql, shared.times.told(until), id).await
        }))
    }

    fn complete(&self, id: LeaseId, now: hookporter_core::UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        let inbox = self.clone();
        Box::pin(async move {
            let shared = &inbox.shared;
            let now = shared.times.present(now);
            if inbox.complete_with_others(id, now).await? {
                return Ok(Settled::Done);
            }
            // In a lane, or not ours any more.
            let completing = async {
                let mut connection = shared.connection().await?;
                settle::complete(&mut connection, shared.sql, now, id).await
            };
            let (settled, makes_way) = in_time(completing).await?;
            if makes_way {
                inbox.wake();
            }
            Ok(settled)
        })
    }

    fn fail(&self, id: LeaseId, failure: Failure) -> BoxFuture<'static, Result<Settled, InboxError>> {
        let inbox = self.clone();
        Box::pin(in_time(async move {
            let shared = &inbox.shared;
            let mut connection = shared.connection().await?;
            let settled = settle::fail(&mut connection, shared.sql, &shared.times, id, &failure).await?;
            inbox.wake();
            Ok(settled)
        }))
    }

    fn release(&self, id: LeaseId, now: hookporter_core::UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        let inbox = self.clone();
        Box::pin(in_time(async move {
            let shared = &inbox.shared;
            let mut connection = shared.connection().await?;
            let settled = settle::release(&mut connection, shared.sql, shared.times.present(now), id).await?;
            inbox.wake();
            Ok(settled)
        }))
    }

    fn changed(&self) -> BoxFuture<'static, ()> {
        // Subscribed now, so that no change from here on is missed.
        let mut changed = self.shared.changed.subscribe();
        Box::pin(async move {
            // An error says that the inbox is gone: the next claim will say so. What is heard of other nodes is a hint only.
            let _ = timeout(POLL, changed.changed()).await;
        })
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("schema", &self.shared.sql.channel).finish_non_exhaustive()
    }
}
