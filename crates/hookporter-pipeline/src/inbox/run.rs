//! The loop of a worker: claim, hand out, wait to be woken.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hookporter_core::UnixTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use crate::inbox::attempt::{attempt, tell_dead};
use crate::inbox::{Claim, Worker};

/// A worker that was never woken looks by itself this often: a notification may be lost, an event may not.
const SAFETY_POLL: Duration = Duration::from_secs(30);
/// How long a worker waits when the store fails.
const STORE_PAUSE: Duration = Duration::from_secs(1);
/// How many events a claim asks for at most, so that one commit does not grow with the concurrency.
const MOST_CLAIMED: usize = 64;
/// How long attempts that are stopped have to give their events back.
const GIVE_BACK: Duration = Duration::from_secs(5);

/// How a worker ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct WorkerEnd {
    /// Events whose attempt was not over in time: they were given back, for the next start.
    pub given_back: usize,
}

pub(super) async fn run(worker: Worker, shutdown: impl Future<Output = ()>) -> WorkerEnd {
    let worker = Arc::new(worker);
    let slots = Arc::new(Semaphore::new(worker.concurrency));
    let stop = watch::Sender::new(false);
    let mut tasks = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    // A claim is waited for whatever happens, so that no lease is given to nobody; everything else ends with the shutdown.
    while let Some(permits) = until(shutdown.as_mut(), free(&slots)).await {
        let asked = permits.len();
        // Before the claim, so that what changes during it is not missed.
        let changed = worker.side.changed();
        let now = worker.clock.now();
        let claim = Claim { now, lease: worker.lease, most: asked, attempts: worker.attempts };
        let pause = match worker.side.claim(claim).await {
            Ok(claimed) => {
                claimed.dead.iter().for_each(|lease| tell_dead(&worker, lease));
                let given = claimed.leases.len();
                for (lease, permit) in claimed.leases.into_iter().zip(permits) {
                    tasks.spawn(attempt(worker.clone(), lease, permit, stop.subscribe()));
                }
                (given < asked).then(|| pause(claimed.next_due, now))
            }
            Err(error) if error.is_closed() => {
                tracing::warn!(target: "hookporter", "worker: the inbox is closed, and so the worker ends");
                return WorkerEnd { given_back: drained(tasks, &stop, Duration::ZERO).await };
            }
            Err(error) => {
                let source = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(target: "hookporter", source, "worker: {error}");
                Some(STORE_PAUSE)
            }
        };
        while tasks.try_join_next().is_some() {}
        if let Some(pause) = pause {
            let woken = async {
                let _ = tokio::time::timeout(pause, changed).await;
            };
            if until(shutdown.as_mut(), woken).await.is_none() {
                break;
            }
        }
    }
    WorkerEnd { given_back: drained(tasks, &stop, worker.drain).await }
}

/// Waits for what was begun; what is not over in time gives its event back.
async fn drained(mut tasks: JoinSet<()>, stop: &watch::Sender<bool>, longest: Duration) -> usize {
    let _ = tokio::time::timeout(longest, all(&mut tasks)).await;
    while tasks.try_join_next().is_some() {}
    let given_back = tasks.len();
    stop.send_replace(true);
    let _ = tokio::time::timeout(GIVE_BACK, all(&mut tasks)).await;
    given_back
}

async fn all(tasks: &mut JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}

/// How long to wait unless woken.
fn pause(next_due: Option<UnixTime>, now: UnixTime) -> Duration {
    next_due.map_or(SAFETY_POLL, |due| due.since(now).min(SAFETY_POLL).max(Duration::from_millis(1)))
}

/// The slots that are free, at least one.
async fn free(slots: &Arc<Semaphore>) -> Vec<OwnedSemaphorePermit> {
    let mut free: Vec<_> = slots.clone().acquire_owned().await.into_iter().collect();
    // Attempts that were committed together end together: their slots are claimed for with one sync, not with one each.
    tokio::task::yield_now().await;
    while free.len() < MOST_CLAIMED
        && let Ok(permit) = slots.clone().try_acquire_owned()
    {
        free.push(permit);
    }
    free
}

/// `None` when the shutdown comes first.
async fn until<T>(mut shutdown: Pin<&mut impl Future<Output = ()>>, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|cx| match shutdown.as_mut().poll(cx) {
        Poll::Ready(()) => Poll::Ready(None),
        Poll::Pending => future.as_mut().poll(cx).map(Some),
    })
    .await
}
