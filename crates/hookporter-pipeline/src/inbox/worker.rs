//! A worker: gives the events of an inbox to an async function.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{Clock, SystemClock};

use crate::Event;
use crate::handoff::BoxFuture;
use crate::inbox::run::{self, WorkerEnd};
use crate::inbox::settling::Work;
use crate::inbox::{Backoff, Change, WorkError, WorkingSide};

pub(super) type Function = dyn Fn(Event) -> BoxFuture<'static, Result<(), WorkError>> + Send + Sync;
/// Is told of changes.
pub(crate) type Hook = dyn Fn(&Change) + Send + Sync;

/// Works the events of an inbox with an async function.
///
/// The function may be one for each type of event, put together by [`ByType`](crate::inbox::ByType), or your own handlers:
/// `hookporter::axum::through` and `hookporter::actix::through` send the stored request through the whole app.
///
/// An event whose function returns `Ok` is done. An error, a panic, and an attempt that takes too long are attempts that
/// failed: the event comes back with a backoff, and is a dead letter when its attempts are spent. While an attempt runs its
/// lease is renewed; an event of a process that died comes back when the lease runs out.
///
/// An event is worked at least once, not exactly once: make the work such that doing it again does no harm, or remember
/// [`Event::number`] beside its effect. Where the effect is in the store's own database, the store may offer workers whose
/// effect and completion are one transaction, such as `hookporter_sqlite::Inbox::transactional_worker`.
///
/// ```
/// use std::time::Duration;
/// use hookporter_pipeline::{Event, inbox::{WorkError, Worker, WorkingSide}};
///
/// async fn on_event(event: Event) -> Result<(), WorkError> {
///     println!("{:?}, attempt {}", event.event_type(), event.attempt());
///     Ok(())
/// }
///
/// async fn work(inbox: impl WorkingSide, shutdown: impl Future<Output = ()>) {
///     let worker = Worker::new(inbox, on_event).concurrency(4).attempts(10);
///     let end = worker.run_until(shutdown).await;
///     println!("{} events were given back", end.given_back);
/// }
/// ```
#[derive(Clone)]
#[must_use = "a worker does nothing until it runs"]
pub struct Worker {
    pub(super) side: Arc<dyn WorkingSide>,
    pub(super) work: Work,
    pub(super) concurrency: usize,
    pub(super) lease: Duration,
    pub(super) time_limit: Duration,
    pub(super) attempts: u32,
    pub(super) backoff: Backoff,
    pub(super) drain: Duration,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) hooks: Vec<Arc<Hook>>,
}

impl Worker {
    /// A worker of this store, with this function.
    pub fn new<F, R, E>(side: impl WorkingSide, function: F) -> Self
    where
        F: Fn(Event) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<WorkError>,
    {
        Self::with_work(side, Work::Function(boxed(function)))
    }

    pub(super) fn with_work(side: impl WorkingSide, work: Work) -> Self {
        Self {
            side: Arc::new(side),
            work,
            concurrency: 16,
            lease: Duration::from_secs(30),
            time_limit: Duration::from_secs(300),
            attempts: 20,
            backoff: Backoff::default(),
            drain: Duration::from_secs(10),
            clock: Arc::new(SystemClock),
            hooks: Vec::new(),
        }
    }

    /// Works at most so many events at a time. Default: 16.
    pub fn concurrency(self, most: usize) -> Self {
        Self { concurrency: most.clamp(1, 10_000), ..self }
    }

    /// How long an event of a process that died stays away; renewed three times as often while the work goes on. At least
    /// one second. Default: 30 s.
    pub fn lease(self, lease: Duration) -> Self {
        Self { lease: lease.max(Duration::from_secs(1)), ..self }
    }

    /// How long one attempt may take. After that its future is dropped and the attempt has failed. Default: 5 min.
    ///
    /// Code that blocks its thread cannot be stopped; its event is given to another attempt all the same.
    pub fn time_limit(self, longest: Duration) -> Self {
        Self { time_limit: longest, ..self }
    }

    /// How many attempts an event has before it is a dead letter. Default: 20, six hours on average.
    pub fn attempts(self, most: u32) -> Self {
        Self { attempts: most.max(1), ..self }
    }

    /// How long a failed event waits. Default: up to 10 s at first, twice as long each time, at most one hour.
    pub fn backoff(self, backoff: Backoff) -> Self {
        Self { backoff, ..self }
    }

    /// How long attempts may go on after the shutdown; what is not done then is given back. Default: 10 s.
    pub fn drain(self, longest: Duration) -> Self {
        Self { drain: longest, ..self }
    }

    /// Replaces the clock. Default: the system's.
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Tells a function of every change of an event's state once it is in the store, for alerts of your own. An attempt that
    /// follows at once may be told of first: [`Change::attempt`] says which is the later one. The function must not block; a
    /// panic in it is caught. Default: nobody is told.
    pub fn on_change(mut self, hook: impl Fn(&Change) + Send + Sync + 'static) -> Self {
        self.hooks.push(Arc::new(hook));
        self
    }

    /// Works until `shutdown` ends, then lets what it has begun come to its end, within the time for that.
    ///
    /// Dropping the future leaves the events under way to their leases.
    pub async fn run_until(self, shutdown: impl Future<Output = ()>) -> WorkerEnd {
        run::run(self, shutdown).await
    }
}

/// A function of the user's, in one type for all.
pub(super) fn boxed<F, R, E>(function: F) -> Arc<Function>
where
    F: Fn(Event) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), E>> + Send + 'static,
    E: Into<WorkError>,
{
    Arc::new(move |event| {
        let work = function(event);
        Box::pin(async move { work.await.map_err(Into::into) })
    })
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("concurrency", &self.concurrency)
            .field("lease", &self.lease)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
