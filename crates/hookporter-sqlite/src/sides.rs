//! One side of an inbox, where one process accepts and another works.

use std::fmt;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use hookporter_pipeline::inbox::{
    Accepted, AcceptingSide, Durability, EndpointNames, EventRecord, InboxDepth, InboxError, WorkError, Worker,
};
use hookporter_pipeline::operating::QuarantineSide;
use hookporter_pipeline::{BoxError, BoxFuture, Event, HandoffError, Observer};
use rusqlite::Connection;

use crate::role::Role;
use crate::{Desk, Inbox, OpenError, Settings, opening};

/// The accepting side of an inbox whose events another process works: a [`WorkingInbox`].
///
/// The receiver stays small, and a worker that is restarted, hangs or eats up the memory takes nothing away from it. One process
/// accepts and one works; they may start in any order but the first, and either goes on without the other. This side makes
/// the file, sweeps it, and sets a damaged one aside, which it does only while nobody works.
///
/// The two take turns at writing, and a rush of deliveries comes before the work. A process that is frozen in the middle of a
/// transaction, as by `SIGSTOP` or a debugger, keeps the other one from writing until it goes on or dies; senders are told 503.
///
/// ```
/// use hookporter_core::Secret;
/// use hookporter_pipeline::Endpoint;
/// use hookporter_sqlite::AcceptingInbox;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let inbox = AcceptingInbox::open("hooks.db").await?;
/// let github = Endpoint::github(Secret::env("GITHUB_SECRET")?)?.inbox(&inbox);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AcceptingInbox(Inbox);

/// The working side of an inbox that another process fills: an [`AcceptingInbox`].
///
/// It hears of new events within 50 ms. What the last process left unfinished is due at once when this one opens the file; a
/// second one is refused meanwhile. It makes no file, brings none to another form and sets none aside: it refuses one that is
/// not there, that an earlier release wrote, or that is damaged.
///
/// ```
/// use hookporter_pipeline::{Event, inbox::WorkError};
/// use hookporter_sqlite::WorkingInbox;
///
/// async fn on_event(event: Event) -> Result<(), WorkError> {
///     println!("{:?}", event.event_type());
///     Ok(())
/// }
///
/// # async fn example(shutdown: impl Future<Output = ()>) -> Result<(), Box<dyn std::error::Error>> {
/// let inbox = WorkingInbox::open("hooks.db").await?;
/// let end = inbox.worker(on_event).run_until(shutdown).await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct WorkingInbox(Inbox);

/// One side only.
impl Settings {
    /// Opens the accepting side of the inbox in this file, and makes the file if it is not there: another process works what
    /// it accepts.
    ///
    /// # Errors
    /// [`OpenError`] if another process accepts, or works while the file is to be brought to another form or to be set aside;
    /// and if something is wrong with it.
    pub async fn open_accepting(self, path: impl AsRef<Path>) -> Result<AcceptingInbox, OpenError> {
        Ok(AcceptingInbox(opening::open(self, Role::Accepting, path.as_ref().to_owned()).await?))
    }

    /// Opens the working side of the inbox in this file. How deliveries wait and how long events are kept is the accepting
    /// side's to say.
    ///
    /// # Errors
    /// [`OpenError`] if another process works, if there is no such file yet, and if something is wrong with it.
    pub async fn open_working(self, path: impl AsRef<Path>) -> Result<WorkingInbox, OpenError> {
        Ok(WorkingInbox(opening::open(self, Role::Working, path.as_ref().to_owned()).await?))
    }
}

impl AcceptingInbox {
    /// Opens the accepting side of the inbox in this file, and makes the file if it is not there, with the defaults;
    /// [`Settings::open_accepting`] takes others.
    ///
    /// # Errors
    /// Those of [`Settings::open_accepting`].
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Settings::new().open_accepting(path).await
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where a damaged file was set aside; see [`Inbox::set_aside`].
    #[must_use]
    pub fn set_aside(&self) -> Option<std::path::PathBuf> {
        self.0.set_aside()
    }

    /// How many deliveries wait for their commit, and how many bytes they have.
    #[must_use]
    pub fn queue_depth(&self) -> (usize, usize) {
        self.0.queue_depth()
    }

    /// A desk on this inbox, for people; see [`Inbox::desk`]. Workers are in another process, and learn of changes within 50 ms.
    #[must_use]
    pub fn desk(&self) -> Desk {
        self.0.desk()
    }

    /// How many requests the journal has no row of; see [`Inbox::lost_requests`].
    #[must_use]
    pub fn lost_requests(&self) -> u64 {
        self.0.lost_requests()
    }

    /// Closes it for every handle: takes nothing more, writes what waits, and ends when the file is closed here.
    pub async fn close(&self) {
        self.0.close().await;
    }
}

impl AcceptingSide for AcceptingInbox {
    fn accept(&self, records: Vec<EventRecord>) -> BoxFuture<'static, Result<Vec<Accepted>, HandoffError>> {
        self.0.accept(records)
    }

    fn durability(&self) -> Durability {
        self.0.durability()
    }

    fn keeps_order(&self) -> bool {
        self.0.keeps_order()
    }

    fn endpoint_names(&self) -> &EndpointNames {
        self.0.endpoint_names()
    }

    fn journal(&self) -> Option<Arc<dyn Observer>> {
        self.0.journal()
    }

    fn depth(&self) -> Option<InboxDepth> {
        self.0.depth()
    }

    fn quarantine(&self) -> Option<Arc<dyn QuarantineSide>> {
        self.0.quarantine()
    }
}

impl WorkingInbox {
    /// Opens the working side of the inbox in this file, with the defaults; [`Settings::open_working`] takes others.
    ///
    /// # Errors
    /// Those of [`Settings::open_working`].
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Settings::new().open_working(path).await
    }

    /// A worker that gives the events of this inbox to an async function.
    pub fn worker<F, R, E>(&self, function: F) -> Worker
    where
        F: Fn(Event) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<WorkError>,
    {
        self.0.worker(function)
    }

    /// A worker whose effect happens exactly once; see [`Inbox::transactional_worker`]. The accepting process waits while such a
    /// function runs, as it does within one process.
    pub fn transactional_worker<F, E>(&self, function: F) -> Worker
    where
        F: Fn(&Event, &Connection) -> Result<(), E> + Send + Sync + 'static,
        E: Into<WorkError>,
    {
        self.0.transactional_worker(function)
    }

    /// Runs a function on this process's connection; see [`Inbox::with_connection`].
    ///
    /// # Errors
    /// Those of [`Inbox::with_connection`].
    pub async fn with_connection<T, E>(
        &self,
        function: impl Fn(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, InboxError>
    where
        T: Send + 'static,
        E: Into<BoxError>,
    {
        self.0.with_connection(function).await
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A desk on this inbox, for people; see [`Inbox::desk`].
    #[must_use]
    pub fn desk(&self) -> Desk {
        self.0.desk()
    }

    /// Closes it for every handle: does what waits, and ends when the file is closed here.
    pub async fn close(&self) {
        self.0.close().await;
    }
}

impl fmt::Debug for AcceptingInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptingInbox").field("path", &self.path()).finish_non_exhaustive()
    }
}

impl fmt::Debug for WorkingInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkingInbox").field("path", &self.path()).finish_non_exhaustive()
    }
}
