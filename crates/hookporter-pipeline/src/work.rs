//! Work in progress: a future that the request cannot cancel, and how it went.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio::task::JoinHandle;

use crate::dedupe::Claim;
use crate::memory::Held;
use crate::span::RequestSpan;

/// How a piece of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WorkResult {
    /// It succeeded: the event is taken.
    Taken,
    /// It did not: the event may come again.
    Failed,
}

/// The output of a piece of work.
pub trait Worked {
    /// How it ended.
    fn result(&self) -> WorkResult;
}

impl<T, E> Worked for Result<T, E> {
    fn result(&self) -> WorkResult {
        if self.is_ok() { WorkResult::Taken } else { WorkResult::Failed }
    }
}

/// The work panicked.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Panicked;

/// What is held while work goes on, and settled when it ends.
#[derive(Debug)]
pub(crate) struct Custody {
    pub(crate) claim: Option<Claim>,
    /// The bytes of the body count as in flight until the work is over.
    pub(crate) held: Option<Held>,
    /// The slot of a bounded background task.
    pub(crate) permit: Option<OwnedSemaphorePermit>,
    /// The request's own, so that what the work says belongs to it, in whatever task it is.
    pub(crate) span: RequestSpan,
    /// Counts the work as under way until its end; never read.
    pub(crate) _under_way: UnderWay,
}

impl Custody {
    /// Work for which nothing is held.
    pub(crate) fn empty() -> Self {
        Self { claim: None, held: None, permit: None, span: RequestSpan::default(), _under_way: UnderWay::new() }
    }

    /// Says how the work went, and lets go of what was held for it.
    pub(crate) fn settle(&mut self, result: WorkResult) {
        if let Some(claim) = &mut self.claim {
            match result {
                WorkResult::Taken => claim.taken(),
                WorkResult::Failed => claim.take_back(),
            }
        }
        self.held = None;
        self.permit = None;
    }
}

pin_project! {
    /// Drives a piece of work to its end, catches its panic, and settles what was held for it.
    ///
    /// Dropped before its end, as a runtime does that shuts down, it takes the mark of its event back.
    #[must_use]
    pub struct Driver<F> {
        #[pin]
        work: F,
        custody: Custody,
    }
}

impl<F> Driver<F> {
    pub(crate) fn new(work: F, custody: Custody) -> Self {
        Self { work, custody }
    }
}

impl<F> Driver<F> {
    /// The sender was told that the event is taken, before the work is over.
    pub(crate) fn acknowledged(self: Pin<&mut Self>) {
        if let Some(claim) = &mut self.project().custody.claim {
            claim.taken();
        }
    }
}

impl<F> std::fmt::Debug for Driver<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Driver")
    }
}

impl<F: Future> Future for Driver<F>
where
    F::Output: Worked,
{
    type Output = Result<F::Output, Panicked>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polled = this.custody.span.in_scope(|| poll_caught(this.work, cx));
        let output = ready!(polled);
        this.custody.settle(output.as_ref().map_or(WorkResult::Failed, Worked::result));
        Poll::Ready(output)
    }
}

/// Does something that asks futures of its own once.
pub(crate) async fn once<T>(ask: impl FnOnce(&mut Context<'_>) -> T) -> T {
    let mut ask = Some(ask);
    poll_fn(|cx| ask.take().map_or(Poll::Pending, |ask| Poll::Ready(ask(cx)))).await
}

/// Polls work of the user's; a panic of it is its end.
pub(crate) fn poll_caught<F: Future>(work: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<Result<F::Output, Panicked>> {
    match catch_unwind(AssertUnwindSafe(|| work.poll(cx))) {
        Ok(polled) => polled.map(Ok),
        Err(_) => Poll::Ready(Err(Panicked)),
    }
}

/// Puts a driver on a task of its own. An adapter says how: its futures may or may not be `Send`.
pub trait Spawn<F: Future>
where
    F::Output: Worked,
{
    /// Spawns it.
    fn spawn(&self, driver: Pin<Box<Driver<F>>>) -> JoinHandle<Result<F::Output, Panicked>>;
}

/// Spawns on the tokio runtime at hand.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct TokioSpawn;

impl TokioSpawn {
    /// A spawner for the runtime at hand.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl<F> Spawn<F> for TokioSpawn
where
    F: Future + Send + 'static,
    F::Output: Worked + Send + 'static,
{
    fn spawn(&self, driver: Pin<Box<Driver<F>>>) -> JoinHandle<Result<F::Output, Panicked>> {
        tokio::spawn(driver)
    }
}

static COUNT: AtomicUsize = AtomicUsize::new(0);
/// How many wait for the end of all: nearly always nobody, and to wake nobody is not for nothing.
static WAITING: AtomicUsize = AtomicUsize::new(0);
static ENDED: Notify = Notify::const_new();

/// Counts a piece of work as under way in this process.
#[derive(Debug)]
pub(crate) struct UnderWay(());

impl UnderWay {
    pub(crate) fn new() -> Self {
        COUNT.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        // Either this sees who waits, or who waits sees this: both orders are one for all threads.
        if COUNT.fetch_sub(1, Ordering::SeqCst) == 1 && WAITING.load(Ordering::SeqCst) > 0 {
            ENDED.notify_waiters();
        }
    }
}

/// Counts somebody who waits until all of it has ended.
struct Waiting(());

impl Waiting {
    fn new() -> Self {
        WAITING.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Waits until no hand-off or background work is under way in this process, at most `longest`.
///
/// The number of pieces that were still under way then: zero means drained.
pub async fn drain(longest: Duration) -> usize {
    let waiting = Waiting::new();
    let drained = async {
        loop {
            let mut ended = std::pin::pin!(ENDED.notified());
            // Registered before the look, so that an end in between is not missed.
            ended.as_mut().enable();
            if COUNT.load(Ordering::SeqCst) == 0 {
                return;
            }
            ended.await;
        }
    };
    let _ = tokio::time::timeout(longest, drained).await;
    drop(waiting);
    COUNT.load(Ordering::SeqCst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_for_the_end_of_all_is_woken_by_it() {
        for _ in 0..100 {
            let work = UnderWay::new();
            let waiting = tokio::spawn(drain(Duration::from_secs(600)));
            tokio::task::yield_now().await;
            assert!(!waiting.is_finished());
            drop(work);
            tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("nobody woke it").unwrap();
        }
    }
}
