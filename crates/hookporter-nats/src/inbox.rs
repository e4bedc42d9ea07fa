//! The inbox: both sides of the store.

use std::fmt;
use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::store::{DepthSeen, Fault};
use hookporter_pipeline::inbox::{
    Accepted, AcceptingSide, Claim, Claimed, Durability, EndpointNames, EventRecord, Failure, InboxDepth, InboxError,
    LeaseId, Settled, WorkError, Worker, WorkingSide,
};
use hookporter_pipeline::{BoxFuture, Event, HandoffError};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::common::Common;
use crate::link::LATE;
use crate::outlasting::Outlasting;
use crate::room::Room;
use crate::settle::Place;
use crate::{OpenError, Settings, accept, claim, kept, settle};

/// A durable inbox on a JetStream stream. Clones are handles on the same inbox.
///
/// ```no_run
/// use hookporter_nats::Inbox;
/// use hookporter_pipeline::{Event, inbox::WorkError};
///
/// async fn on_event(event: Event) -> Result<(), WorkError> {
///     println!("{:?}", event.event_type());
///     Ok(())
/// }
///
/// # async fn example(shutdown: impl Future<Output = ()>) -> Result<(), hookporter_nats::OpenError> {
/// let inbox = Inbox::connect("nats://localhost:4222").await?;
/// let end = inbox.worker(on_event).run_until(shutdown).await;
/// inbox.close().await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Inbox {
    shared: Arc<Shared>,
}

struct Shared {
    core: Arc<Common>,
    room: Arc<Room>,
    names: EndpointNames,
    depth: DepthSeen,
    durability: Durability,
    runtime: Handle,
    /// Tasks end when it is dropped; `None` once the inbox is closed.
    open: Mutex<Option<watch::Sender<()>>>,
}

impl Inbox {
    pub(crate) fn new(
        core: Arc<Common>,
        room: Arc<Room>,
        depth: DepthSeen,
        durability: Durability,
        open: watch::Sender<()>,
    ) -> Self {
        let (runtime, open) = (Handle::current(), Mutex::new(Some(open)));
        let shared = Shared { core, room, names: EndpointNames::new(), depth, durability, runtime, open };
        Self { shared: Arc::new(shared) }
    }

    /// Opens the inbox on this server with the default [`Settings`], and makes the streams that are not there.
    ///
    /// # Errors
    /// [`OpenError`], which says what is wrong.
    pub async fn connect(url: &str) -> Result<Self, OpenError> {
        Settings::new().connect(url).await
    }

    /// A worker that gives the events of this inbox to an async function. All workers of a stream have leases of one length: the
    /// one that began last says which.
    pub fn worker<F, R, E>(&self, function: F) -> Worker
    where
        F: Fn(Event) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<WorkError>,
    {
        Worker::new(self.clone(), function)
    }

    /// Has every parked event worked that lies there now, the oldest first, and says how many these were. Each has all of its
    /// attempts.
    ///
    /// # Errors
    /// [`InboxError`] if the server fails; what was given back by then is.
    pub async fn release_parked(&self) -> Result<u64, InboxError> {
        Ok(kept::release(self.core()?, Place::Parked).await?)
    }

    /// Has every dead letter worked again that lies there now, the oldest first, and says how many these were. Each has all of its
    /// attempts again.
    ///
    /// # Errors
    /// [`InboxError`] if the server fails; what was given back by then is.
    pub async fn requeue_dead_letters(&self) -> Result<u64, InboxError> {
        Ok(kept::release(self.core()?, Place::Dead).await?)
    }

    /// How many deliveries of this process are on their way to the stream, and how many bytes they have.
    #[must_use]
    pub fn queue_depth(&self) -> (usize, usize) {
        self.shared.room.depth()
    }

    /// Closes the inbox for every handle of this process: takes nothing more, and ends when what was on its way is confirmed.
    /// Workers end, too, and what they had not finished is due when their leases run out: end them first, so that they can. A
    /// client of yours stays connected.
    pub async fn close(&self) {
        // What hangs is not waited for.
        let _ = timeout(LATE, self.shared.room.close()).await;
        // Nothing under the lock can leave it half done.
        drop(self.shared.open.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn core(&self) -> Result<&Common, Fault> {
        if self.shared.core.is_closed() { Err(Fault::Closed) } else { Ok(&self.shared.core) }
    }

    /// Runs a step of a worker's.
    fn step<F, R, T>(&self, step: F) -> BoxFuture<'static, Result<T, InboxError>>
    where
        F: FnOnce(Arc<Common>) -> R + Send + 'static,
        R: Future<Output = Result<T, Fault>> + Send,
    {
        let inbox = self.clone();
        Box::pin(async move {
            inbox.core()?;
            Ok(step(inbox.shared.core.clone()).await?)
        })
    }
}

impl AcceptingSide for Inbox {
    fn accept(&self, records: Vec<EventRecord>) -> BoxFuture<'static, Result<Vec<Accepted>, HandoffError>> {
        let shared = &self.shared;
        let weight = EventRecord::weight_of(&records);
        let begun = shared.room.enter(weight).and_then(|seat| {
            let (records, core) = (shared.core.sealing.seal(records)?, shared.core.clone());
            Ok(Outlasting::new(&shared.runtime, async move {
                let accepted = accept::accept(&core, records).await;
                drop(seat);
                Ok(accepted?)
            }))
        });
        match begun {
            Ok(accepting) => Box::pin(accepting),
            Err(fault) => Box::pin(ready(Err(fault.into()))),
        }
    }

    fn durability(&self) -> Durability {
        self.shared.durability
    }

    fn keeps_order(&self) -> bool {
        // A consumer cannot hold events of one key back while another one of it is worked.
        false
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
        self.step(move |core| async move { claim::claim(&core, claim).await })
    }

    fn renew(&self, id: LeaseId, _until: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        self.step(move |core| async move { settle::renew(&core, id).await })
    }

    fn complete(&self, id: LeaseId, _now: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        self.step(move |core| async move { settle::complete(&core, id).await })
    }

    fn fail(&self, id: LeaseId, failure: Failure) -> BoxFuture<'static, Result<Settled, InboxError>> {
        self.step(move |core| async move { settle::fail(&core, id, &failure).await })
    }

    fn release(&self, id: LeaseId, _now: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        self.step(move |core| async move { settle::release(&core, id).await })
    }

    fn changed(&self) -> BoxFuture<'static, ()> {
        self.shared.core.wake.changed()
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("stream", &self.shared.core.names.events).finish_non_exhaustive()
    }
}
