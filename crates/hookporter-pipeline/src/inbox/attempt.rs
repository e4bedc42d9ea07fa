//! One attempt to work one event: the function runs, its lease is renewed, and how it went is written down.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::task::{JoinError, JoinSet};

use crate::handoff::BoxFuture;
use crate::inbox::work_error::{Advice, bounded};
use crate::inbox::{
    Change, ChangeKind, EventRecord, Failure, InboxError, Lease, LeaseId, Next, Settled, WorkError, Worker,
};

/// How long an event waits that a newer release has written, or whose key is not here; a deploy brings them back.
const UNREADABLE: Duration = Duration::from_secs(600);
/// How long to wait when the store does not take down how an attempt went.
const STORE_PAUSE: Duration = Duration::from_millis(500);

/// How an attempt ended.
enum Ended {
    /// With the word of the store, where the function settled the lease itself.
    Work(Result<Result<Option<Settled>, WorkError>, JoinError>),
    /// The lease was lost: another attempt has the event.
    Fenced,
    /// The inbox is closed: nothing can be written down any more, and the event comes back at the next start.
    Closed,
    TooLong,
    /// The worker stops.
    Stopped,
}

/// Works one event. The permit is a slot of the worker's concurrency.
pub(super) async fn attempt(
    worker: Arc<Worker>,
    lease: Lease,
    _permit: OwnedSemaphorePermit,
    stop: watch::Receiver<bool>,
) {
    let Lease { id, attempt, record } = lease;
    let change = Change::of(ChangeKind::Worked, Some(id.number), attempt, &record);
    let unreadable = if record.format > EventRecord::FORMAT {
        Some("a newer release wrote this event".to_owned())
    } else {
        record.sealed_by.as_ref().map(|key| format!("encrypted with the key `{key}`, which does not open it here"))
    };
    #[cfg(feature = "metrics")]
    let began = tokio::time::Instant::now();
    let ended = if let Some(why) = unreadable {
        Ended::Work(Ok(Err(WorkError::hold(UNREADABLE, why))))
    } else {
        supervise(&worker, record.into_event(id.number, attempt), id, stop).await
    };
    let worked = match ended {
        Ended::Work(Ok(worked)) => worked,
        Ended::Work(Err(ended)) => match ended.try_into_panic() {
            Ok(panic) => Err(WorkError::panicked(&*panic)),
            // The runtime is going down; the lease brings the event back.
            Err(_) => return,
        },
        Ended::TooLong => {
            let limit = worker.time_limit.as_secs();
            Err(WorkError::retry(format!("the attempt took longer than {limit} s and was stopped")))
        }
        Ended::Fenced => {
            tracing::warn!(target: "hookporter", event = id.number, attempt, "worker: the lease ran out");
            return;
        }
        Ended::Closed => {
            tracing::warn!(target: "hookporter", event = id.number, attempt, "worker: the inbox was closed under the work");
            return;
        }
        Ended::Stopped => {
            settle(&worker, || worker.side.release(id, worker.clock.now())).await;
            return;
        }
    };
    #[cfg(feature = "metrics")]
    crate::metrics::took(&change.endpoint, worked.is_ok(), began.elapsed());
    match worked {
        Ok(settled) => {
            let settled = match settled {
                None => settle(&worker, || worker.side.complete(id, worker.clock.now())).await,
                settled => settled,
            };
            if settled == Some(Settled::Done) {
                tell(&worker, Change { kind: ChangeKind::Worked, ..change });
            }
        }
        Err(error) => failed(&worker, id, change, &error).await,
    }
}

/// Runs the function and renews the lease, until one of them ends, the time is over, or the worker stops.
async fn supervise(worker: &Worker, event: crate::Event, id: LeaseId, mut stop: watch::Receiver<bool>) -> Ended {
    let function = worker.work.clone();
    // In a task of its own: a panic stays in it, and a function that blocks does not keep the lease from being lost. A set,
    // since it ends its task when it is dropped, as it is together with a worker that nobody waits for any more.
    let mut work = JoinSet::new();
    work.spawn(function.run(event, id));
    let heart = async {
        loop {
            tokio::time::sleep(worker.lease.checked_div(3).unwrap_or_default()).await;
            match worker.side.renew(id, worker.clock.now().plus(worker.lease)).await {
                Ok(Settled::Done) => {}
                Ok(Settled::Fenced) => return Ended::Fenced,
                Err(error) if error.is_closed() => return Ended::Closed,
                Err(error) => log(&error),
            }
        }
    };
    let limit = async {
        tokio::time::sleep(worker.time_limit).await;
        Ended::TooLong
    };
    let stopped = async {
        // An error says that the worker itself is gone.
        let _ = stop.wait_for(|stop| *stop).await;
        Ended::Stopped
    };
    let worked = async {
        match work.join_next().await {
            Some(ended) => Ended::Work(ended),
            // One task was put in, and it is awaited once.
            None => std::future::pending().await,
        }
    };
    first(worked, first(heart, first(limit, stopped))).await
}

/// Whichever ends first.
async fn first<T>(one: impl Future<Output = T>, other: impl Future<Output = T>) -> T {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|cx| match one.as_mut().poll(cx) {
        Poll::Pending => other.as_mut().poll(cx),
        ready => ready,
    })
    .await
}

/// Writes a failure down, and tells of it.
async fn failed(worker: &Worker, id: LeaseId, change: Change, error: &WorkError) {
    let now = worker.clock.now();
    let spent = change.attempt >= worker.attempts;
    let next = match error.advice() {
        Advice::Park => Next::Parked,
        Advice::Hold(wait) => Next::Held(now.plus(wait)),
        Advice::DeadLetter => Next::Dead,
        _ if spent => Next::Dead,
        Advice::RetryAfter(wait) => Next::Due(now.plus(wait)),
        Advice::RetryNoSooner(wait) => Next::Due(now.plus(worker.backoff.after(change.attempt).max(wait))),
        Advice::Retry => Next::Due(now.plus(worker.backoff.after(change.attempt))),
    };
    let failure = Failure { now, error: bounded(&error.to_string()), next };
    if settle(worker, || worker.side.fail(id, failure.clone())).await == Some(Settled::Done) {
        let kind = match next {
            Next::Due(due) | Next::Held(due) => ChangeKind::Failed(due),
            Next::Dead => ChangeKind::Dead,
            Next::Parked => ChangeKind::Parked,
        };
        tell(worker, Change { kind, error: Some(failure.error), ..change });
    }
}

/// Writes down how an attempt went. A store that fails is asked again for as long as the lease may hold, one that is closed is
/// not; the event comes back by itself then.
async fn settle<F>(worker: &Worker, mut ask: F) -> Option<Settled>
where
    F: FnMut() -> BoxFuture<'static, Result<Settled, InboxError>>,
{
    let asking = async {
        loop {
            match ask().await {
                Ok(settled) => return Some(settled),
                Err(error) if error.is_closed() => return None,
                Err(error) => log(&error),
            }
            tokio::time::sleep(STORE_PAUSE).await;
        }
    };
    tokio::time::timeout(worker.lease, asking).await.ok().flatten()
}

fn log(error: &InboxError) {
    let source = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(target: "hookporter", source, "worker: {error}");
}

/// Tells of an event whose last attempt never ended.
pub(super) fn tell_dead(worker: &Worker, lease: &Lease) {
    let error = Some("the last attempt never ended: the process died, or the work hung".to_owned());
    tell(
        worker,
        Change {
            kind: ChangeKind::Dead,
            error,
            ..Change::of(ChangeKind::Dead, Some(lease.id.number), lease.attempt, &lease.record)
        },
    );
}

#[expect(clippy::needless_pass_by_value, reason = "made for this call")]
fn tell(worker: &Worker, change: Change) {
    match change.kind {
        ChangeKind::Failed(_) | ChangeKind::Dead => {
            let (dead, error) = (change.kind == ChangeKind::Dead, change.error.as_deref());
            tracing::warn!(target: "hookporter", event = change.number, change.attempt, dead, error, "an attempt failed");
        }
        ChangeKind::Parked => {
            let reason = change.error.as_deref();
            tracing::warn!(target: "hookporter", event = change.number, change.attempt, reason, "parked");
        }
        _ => tracing::debug!(target: "hookporter", event = change.number, change.attempt, "worked"),
    }
    #[cfg(feature = "metrics")]
    crate::metrics::attempt(&change.endpoint, change.kind);
    change.tell(&worker.hooks);
}
