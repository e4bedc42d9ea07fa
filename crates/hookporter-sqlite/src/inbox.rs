//! The inbox: a handle on the file and its writer.

use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use hookporter_core::{Clock, UnixTime};
use hookporter_pipeline::inbox::store::{Fault, Sealing};
use hookporter_pipeline::inbox::{
    Claim, Claimed, EndpointNames, Failure, InboxError, LeaseId, Settled, WorkError, Worker, WorkingSide,
};
use hookporter_pipeline::journal::Notes;
use hookporter_pipeline::quarantine::RefusedQueue;
use hookporter_pipeline::{BoxFuture, Event};
use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use crate::damage::Damage;
use crate::depth::Depth;
use crate::job::{Effect, Job, ask};
use crate::queue::Queue;
use crate::readers::Readers;
use crate::size::Room;
use crate::store::Aside;
use crate::{OpenError, Settings, claim, settle};

/// A durable inbox in one SQLite file.
///
/// What it accepts is committed and synced: no crash and no loss of power takes it away. One thread of its own writes,
/// and many deliveries that wait share one commit and one sync.
///
/// Clones are handles on the same inbox. It closes when the last one is gone, after what waits is written; to wait for
/// that, see [`Inbox::close`]. One process at a time has the file open, unless one accepts and another works:
/// [`AcceptingInbox`](crate::AcceptingInbox), [`WorkingInbox`](crate::WorkingInbox). The `sqlite3` program can read it all the
/// while, best through the view `journal`.
///
/// ```
/// use hookporter_core::Secret;
/// use hookporter_pipeline::{Endpoint, Event, inbox::WorkError};
/// use hookporter_sqlite::Inbox;
///
/// async fn on_event(event: Event) -> Result<(), WorkError> {
///     println!("{:?}", event.event_type());
///     Ok(())
/// }
///
/// # async fn example(shutdown: impl Future<Output = ()>) -> Result<(), Box<dyn std::error::Error>> {
/// let inbox = Inbox::open("hooks.db").await?;
/// let github = Endpoint::github(Secret::env("GITHUB_SECRET")?)?.inbox(&inbox);
/// // … give the endpoint to an adapter, and beside the server:
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
    pub(crate) path: PathBuf,
    pub(crate) aside: Aside,
    pub(crate) damage: Arc<Damage>,
    pub(crate) room: Arc<Room>,
    pub(crate) refused: Arc<RefusedQueue>,
    pub(crate) readers: Arc<Readers>,
    pub(crate) sealing: Sealing,
    /// By which effects are completed.
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) longest_effect: Duration,
    pub(crate) names: EndpointNames,
    /// Requests on their way into the journal; `None`: there is none.
    pub(crate) notes: Option<Arc<Notes>>,
    pub(crate) depth: Arc<Depth>,
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

    /// Opens the inbox in this file, and makes the file if it is not there. [`Settings::open`] opens one that differs
    /// from the defaults.
    ///
    /// # Errors
    /// [`OpenError`], which says who has it open or what is wrong with it.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Settings::new().open(path).await
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

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Where a damaged file was set aside, when this inbox was opened or since. Events in it may not have been worked: look at
    /// it with `sqlite3 FILE .recover`.
    #[must_use]
    pub fn set_aside(&self) -> Option<PathBuf> {
        self.shared.aside.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many deliveries wait for their commit, and how many bytes they have.
    #[must_use]
    pub fn queue_depth(&self) -> (usize, usize) {
        self.shared.queue.depth()
    }

    /// How many requests the journal has no row of, since more came than could be written down.
    #[must_use]
    pub fn lost_requests(&self) -> u64 {
        self.shared.notes.as_ref().map_or(0, |notes| notes.lost())
    }

    /// Closes the inbox for every handle: takes nothing more, writes what waits, and ends when the file is closed. Workers
    /// end, too, and what they had not finished is due at the next start: end them first, so that they can.
    pub async fn close(&self) {
        self.shared.queue.close();
        self.shared.readers.close();
        // Workers that wait learn it.
        self.shared.changed.send_replace(());
        let mut end = self.shared.end.clone();
        // An error says that the writer is gone.
        while end.changed().await.is_ok() {}
    }

    pub(crate) fn refused_queue(&self) -> &RefusedQueue {
        &self.shared.refused
    }

    pub(crate) fn readers(&self) -> &Arc<Readers> {
        &self.shared.readers
    }

    pub(crate) fn room(&self) -> &Arc<Room> {
        &self.shared.room
    }

    pub(crate) fn sealing(&self) -> &Sealing {
        &self.shared.sealing
    }

    /// The present moment, and how long an effect may take.
    pub(crate) fn effects(&self) -> (UnixTime, Duration) {
        (self.shared.clock.now(), self.shared.longest_effect)
    }

    /// Gives the writer a job of the house.
    pub(crate) fn push(&self, job: Job) -> Result<(), Fault> {
        self.shared.queue.push(job)
    }

    pub(crate) fn notes(&self) -> Option<Arc<Notes>> {
        self.shared.notes.clone()
    }

    pub(crate) fn queue(&self) -> &Arc<Queue> {
        &self.shared.queue
    }

    /// Has the writer look at something.
    pub(crate) fn look<T: Send + 'static>(
        &self,
        mut function: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, InboxError>> {
        let (job, answer) = ask(0, move |connection| Ok((function(connection)?, false)));
        self.send(Job { effect: Effect::Reads, ..job }, answer)
    }

    /// Asks the writer.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        function: impl FnMut(&Connection) -> rusqlite::Result<(T, bool)> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, InboxError>> {
        let (job, answer) = ask(0, function);
        self.send(job, answer)
    }

    pub(crate) fn send<T: Send + 'static>(
        &self,
        job: Job,
        answer: oneshot::Receiver<Result<T, Fault>>,
    ) -> BoxFuture<'static, Result<T, InboxError>> {
        let pushed = self.shared.queue.push(job);
        Box::pin(async move {
            pushed?;
            Ok(answer.await.unwrap_or(Err(Fault::Closed))?)
        })
    }
}

impl WorkingSide for Inbox {
    fn claim(&self, claim: Claim) -> BoxFuture<'static, Result<Claimed, InboxError>> {
        let damage = self.shared.damage.clone();
        let claimed = self.ask(move |connection| claim::claim(connection, claim, &damage));
        let sealing = self.shared.sealing.clone();
        Box::pin(async move { Ok(sealing.open_all(claimed.await?)) })
    }

    fn renew(&self, id: LeaseId, until: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        self.ask(move |connection| Ok((settle::renew(connection, id, until)?, false)))
    }

    fn complete(&self, id: LeaseId, now: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        self.ask(move |connection| settle::complete(connection, id, now))
    }

    fn fail(&self, id: LeaseId, failure: Failure) -> BoxFuture<'static, Result<Settled, InboxError>> {
        self.ask(move |connection| Ok((settle::fail(connection, id, &failure)?, true)))
    }

    fn release(&self, id: LeaseId, now: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        self.ask(move |connection| Ok((settle::release(connection, id, now)?, true)))
    }

    fn changed(&self) -> BoxFuture<'static, ()> {
        // Subscribed now, so that no change from here on is missed.
        let mut changed = self.shared.changed.subscribe();
        Box::pin(async move {
            // An error says that the inbox is gone: the next claim will say so.
            let _ = changed.changed().await;
        })
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("path", &self.shared.path).finish_non_exhaustive()
    }
}
