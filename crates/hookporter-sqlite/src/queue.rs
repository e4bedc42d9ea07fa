//! What waits for the writer: bounded in number and in bytes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookporter_pipeline::inbox::store::{Backlog, Fault};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::emptying::Waiter;
use crate::job::Job;

/// The queue in front of the writer.
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    pushed: Condvar,
    most: usize,
    most_bytes: usize,
    /// Something was deleted that is to go from the log, too.
    flush: AtomicBool,
}

#[derive(Default)]
struct Waiting {
    jobs: Backlog<Job>,
    /// Whoever waits for the log to be empty.
    waiters: Vec<Waiter>,
    /// Something waits for the writer that is no job.
    nudged: bool,
    closed: bool,
}

/// What the writer gets.
pub(crate) enum Taken {
    Jobs(Vec<Job>),
    /// No job, but something else waits.
    Nudged,
    /// Nothing came for a while.
    Idle,
    /// Nothing is left, and nothing more will come.
    Closed,
}

impl Queue {
    pub(crate) fn new(most: usize, most_bytes: usize) -> Self {
        Self { waiting: Mutex::default(), pushed: Condvar::new(), most, most_bytes, flush: AtomicBool::new(false) }
    }

    /// Adds a record's job, if there is room: for strangers.
    pub(crate) fn push_bounded(&self, job: Job) -> Result<(), Fault> {
        let waiting = self.lock();
        if !waiting.jobs.has_room(job.weight, self.most, self.most_bytes) {
            return Err(Fault::Full);
        }
        self.add(waiting, job)
    }

    /// Adds a job of the house: workers are bounded by their own concurrency.
    pub(crate) fn push(&self, job: Job) -> Result<(), Fault> {
        self.add(self.lock(), job)
    }

    fn add(&self, mut waiting: MutexGuard<'_, Waiting>, job: Job) -> Result<(), Fault> {
        if waiting.closed {
            return Err(Fault::Closed);
        }
        waiting.jobs.push(job.weight, job);
        drop(waiting);
        self.pushed.notify_one();
        Ok(())
    }

    /// Takes what waits, up to so many jobs and bytes, but one at least; waits for the first as long as `patience`.
    pub(crate) fn take(&self, most: usize, most_bytes: usize, patience: Duration) -> Taken {
        let waiting = self.lock();
        let empty = |waiting: &mut Waiting| {
            waiting.jobs.is_empty() && waiting.waiters.is_empty() && !waiting.nudged && !waiting.closed
        };
        let waited = self.pushed.wait_timeout_while(waiting, patience, empty);
        let (mut waiting, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let jobs = waiting.jobs.take(most, most_bytes);
        let nudged = std::mem::take(&mut waiting.nudged);
        match (jobs.is_empty(), waiting.closed) {
            (false, _) => Taken::Jobs(jobs),
            (true, true) => Taken::Closed,
            (true, false) if nudged => Taken::Nudged,
            (true, false) => Taken::Idle,
        }
    }

    /// Has the writer look at what waits beside the jobs.
    pub(crate) fn nudge(&self) {
        self.lock().nudged = true;
        self.pushed.notify_one();
    }

    /// Takes nothing more; what waits is still done.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.pushed.notify_all();
    }

    /// Whether nothing more is taken.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Has the writer empty the log: the transaction that says so deletes something that is to go from there, too.
    pub(crate) fn flush_soon(&self) {
        self.flush.store(true, Ordering::SeqCst);
    }

    /// Whether the log is to be emptied; asked once, it is no longer so.
    pub(crate) fn is_to_flush(&self) -> bool {
        self.flush.swap(false, Ordering::SeqCst)
    }

    /// Has the writer empty the log, and say so: `false` where it could not for so long.
    pub(crate) fn flushed(&self, longest: Duration) -> Result<oneshot::Receiver<bool>, Fault> {
        let (reply, flushed) = oneshot::channel();
        let now = Instant::now();
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(Fault::Closed);
        }
        waiting.waiters.push(Waiter { until: now.checked_add(longest).unwrap_or(now), reply });
        drop(waiting);
        self.pushed.notify_one();
        Ok(flushed)
    }

    /// Whoever waits for the log to be empty.
    pub(crate) fn waiters(&self) -> Vec<Waiter> {
        std::mem::take(&mut self.lock().waiters)
    }

    /// How many jobs and bytes wait.
    pub(crate) fn depth(&self) -> (usize, usize) {
        self.lock().jobs.depth()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing under the lock can leave it half done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::ask;

    fn job(weight: usize) -> Job {
        ask(weight, |_| Ok(((), false))).0
    }

    #[test]
    fn both_bounds_hold_and_a_large_record_has_its_turn() {
        let queue = Queue::new(3, 100);
        assert!(queue.push_bounded(job(500)).is_ok(), "alone, whatever its size");
        assert!(matches!(queue.push_bounded(job(1)), Err(Fault::Full)));
        assert!(matches!(queue.take(10, 10, Duration::ZERO), Taken::Jobs(jobs) if jobs.len() == 1));
        assert!((0..3).all(|_| queue.push_bounded(job(10)).is_ok()));
        assert!(matches!(queue.push_bounded(job(0)), Err(Fault::Full)), "three at the most");
        assert!(queue.push(job(0)).is_ok(), "workers are not bounded here");
        assert_eq!(queue.depth(), (4, 30));
    }

    #[test]
    fn what_waits_at_the_closing_is_still_done() {
        let queue = Queue::new(3, 100);
        assert!(queue.push_bounded(job(1)).is_ok());
        queue.close();
        assert!(matches!(queue.push(job(1)), Err(Fault::Closed)));
        assert!(matches!(queue.take(10, 10, Duration::ZERO), Taken::Jobs(jobs) if jobs.len() == 1));
        assert!(matches!(queue.take(10, 10, Duration::ZERO), Taken::Closed));
    }
}
