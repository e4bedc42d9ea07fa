//! The inbox: a handle on the server and the task that writes.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::store::{self, DepthSeen, Queue, Sealing, Times};
use hookporter_pipeline::inbox::{
    Accepted, AcceptingSide, Claim, Claimed, Durability, EndpointNames, EventRecord, Failure, InboxDepth, InboxError,
    LeaseId, Settled, WorkError, Worker, WorkingSide,
};
use hookporter_pipeline::{BoxFuture, Event, HandoffError};
use tokio::sync::watch;

use crate::connect::Opener;
use crate::settle::Keeping;
use crate::wire::Wire;
use crate::{OpenError, Settings, claim, listen, settle};

/// A durable inbox on a Redis server: for receivers and workers on any number of nodes.
///
/// Clones are handles on the same inbox. It closes when the last one is gone, after what waits is written; to wait for that,
/// see [`Inbox::close`].
///
/// ```no_run
/// use hookporter_core::Secret;
/// use hookporter_pipeline::{Endpoint, Event, inbox::WorkError};
/// use hookporter_redis::Inbox;
///
/// async fn on_event(event: Event) -> Result<(), WorkError> {
///     println!("{:?}", event.event_type());
///     Ok(())
/// }
///
/// # async fn example(shutdown: impl Future<Output = ()>) -> Result<(), Box<dyn std::error::Error>> {
/// let inbox = Inbox::connect("redis://redis.internal").await?;
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
    pub(crate) opener: Opener,
    pub(crate) wire: Arc<Wire>,
    /// What this node is called in the consumer group.
    pub(crate) node: String,
    pub(crate) keeping: Keeping,
    pub(crate) times: Times,
    pub(crate) sealing: Sealing,
    pub(crate) durability: Durability,
    pub(crate) names: EndpointNames,
    pub(crate) depth: DepthSeen,
    /// Whether somebody hears what other nodes tell.
    pub(crate) listens: AtomicBool,
    /// Ends with the writer.
    pub(crate) end: watch::Receiver<()>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Inbox {
    pub(crate) fn new(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// Opens the inbox on the server of this URL, with the defaults. [`Settings::connect`] opens one that differs from them.
    ///
    /// # Errors
    /// [`OpenError`], which says what is wrong.
    pub async fn connect(url: &str) -> Result<Self, OpenError> {
        Settings::new().connect(url).await
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

    /// How many deliveries wait for the server in this process, and how many bytes they have.
    #[must_use]
    pub fn queue_depth(&self) -> (usize, usize) {
        self.shared.queue.depth()
    }

    /// Has a dead letter, or a parked event, worked again, with all of its attempts; whether there is one of this number.
    ///
    /// # Errors
    /// [`InboxError`] if the server fails.
    pub async fn requeue(&self, number: i64) -> Result<bool, InboxError> {
        self.mend("requeue", number).await
    }

    /// Drops a dead letter, or a parked event, as if it had been worked; whether there is one of this number. A further delivery
    /// of it is a duplicate.
    ///
    /// # Errors
    /// [`InboxError`] if the server fails.
    pub async fn give_up(&self, number: i64) -> Result<bool, InboxError> {
        self.mend("drop", number).await
    }

    async fn mend(&self, what: &str, number: i64) -> Result<bool, InboxError> {
        let shared = &self.shared;
        let now = shared.times.now();
        let found = settle::mend(&shared.wire, now, what, number, shared.keeping).await?;
        self.wake();
        Ok(found)
    }

    /// Closes the inbox for every handle of this process: takes nothing more, writes what waits, and ends when its connections
    /// are closed. Workers end, too, and what they had not finished is due when their leases run out: end them first, so that
    /// they can.
    pub async fn close(&self) {
        self.shared.queue.close();
        let mut end = self.shared.end.clone();
        // An error says that the writer is gone.
        while end.changed().await.is_ok() {}
        self.shared.wire.close().await;
        // Workers that wait learn it.
        self.wake();
    }

    /// Wakes the workers of this process.
    fn wake(&self) {
        self.shared.changed.send_replace(());
    }

    /// Begins to hear what other nodes tell, once there is a worker.
    fn hear(&self) {
        if !self.shared.listens.swap(true, Ordering::Relaxed) {
            let shared = &self.shared;
            tokio::spawn(listen::run(shared.opener.clone(), Arc::downgrade(&shared.changed), shared.end.clone()));
        }
    }
}

impl AcceptingSide for Inbox {
    fn accept(&self, records: Vec<EventRecord>) -> BoxFuture<'static, Result<Vec<Accepted>, HandoffError>> {
        self.shared.queue.accept(&self.shared.sealing, records)
    }

    fn durability(&self) -> Durability {
        self.shared.durability
    }

    fn keeps_order(&self) -> bool {
        true
    }

    fn endpoint_names(&self) -> &EndpointNames {
        &self.shared.names
    }

    fn depth(&self) -> Option<InboxDepth> {
        self.shared.depth.last()
    }
}

impl WorkingSide for Inbox {
    fn claim(&self, claim: Claim) -> BoxFuture<'static, Result<Claimed, InboxError>> {
        self.hear();
        let shared = self.shared.clone();
        Box::pin(async move {
            let claimed = claim::claim(&shared.wire, &shared.times, &shared.node, claim).await?;
            Ok(shared.sealing.open_all(claimed))
        })
    }

    fn renew(&self, id: LeaseId, until: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        let shared = self.shared.clone();
        // Its distance from the present counts, so it is taken when it is asked.
        Box::pin(async move { Ok(settle::renew(&shared.wire, shared.times.told(until), id).await?) })
    }

    fn complete(&self, id: LeaseId, now: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        let inbox = self.clone();
        Box::pin(async move {
            let shared = &inbox.shared;
            let now = shared.times.present(now);
            let said = settle::complete(&shared.wire, now, id, shared.keeping).await?;
            if said.makes_way {
                inbox.wake();
            }
            Ok(said.settled)
        })
    }

    fn fail(&self, id: LeaseId, failure: Failure) -> BoxFuture<'static, Result<Settled, InboxError>> {
        let inbox = self.clone();
        Box::pin(async move {
            let settled = settle::fail(&inbox.shared.wire, &inbox.shared.times, id, &failure).await?;
            inbox.wake();
            Ok(settled)
        })
    }

    fn release(&self, id: LeaseId, now: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        let inbox = self.clone();
        Box::pin(async move {
            let now = inbox.shared.times.present(now);
            let settled = settle::release(&inbox.shared.wire, now, id).await?;
            inbox.wake();
            Ok(settled)
        })
    }

    fn changed(&self) -> BoxFuture<'static, ()> {
        store::changed(&self.shared.changed)
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("prefix", &self.shared.opener.prefix).finish_non_exhaustive()
    }
}
