//! What waits for its commit: bounded in number and in bytes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};

use crate::handoff::{BoxFuture, HandoffError};
use crate::inbox::store::{Backlog, Fault, Sealing};
use crate::inbox::{Accepted, EventRecord};

/// The records of one request, and who waits for the answer.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct Job {
    /// The records: all of them are to be kept, or none.
    pub records: Vec<EventRecord>,
    /// How many bytes they have.
    pub weight: usize,
    /// Who waits.
    pub reply: oneshot::Sender<Result<Vec<Accepted>, Fault>>,
}

impl Job {
    /// Tells whoever waits; they may be gone.
    pub fn tell(self, answer: Result<Vec<Accepted>, Fault>) {
        let _ = self.reply.send(answer);
    }
}

/// The queue in front of the one task that writes.
#[derive(Debug)]
pub struct Queue {
    waiting: Mutex<Waiting>,
    /// Wakes the writer: something waits, or the queue is closed.
    pushed: Notify,
    most: usize,
    most_bytes: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    jobs: Backlog<Job>,
    /// Why nothing can be taken: the server cannot be reached. Nobody is to wait for it then.
    down: Option<String>,
    closed: bool,
}

/// What the writer gets.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a store handles each or does not compile")]
pub enum Taken {
    /// Something to do.
    Jobs(Vec<Job>),
    /// Nothing waits.
    Nothing,
    /// Nothing is left, and nothing more will come.
    Closed,
}

impl Queue {
    /// One that holds so many jobs and bytes at most.
    #[must_use]
    pub fn new(most: usize, most_bytes: usize) -> Self {
        Self { waiting: Mutex::default(), pushed: Notify::new(), most, most_bytes }
    }

    /// Adds these records, if there is room, and ends when they are kept: all that an
    /// [`AcceptingSide`](crate::inbox::AcceptingSide) of such a store has to do.
    pub fn accept(
        &self,
        sealing: &Sealing,
        records: Vec<EventRecord>,
    ) -> BoxFuture<'static, Result<Vec<Accepted>, HandoffError>> {
        let pushed = sealing.seal(records).and_then(|records| {
            let (reply, answer) = oneshot::channel();
            self.push(Job { weight: EventRecord::weight_of(&records), records, reply })?;
            Ok(answer)
        });
        Box::pin(async move { Ok(pushed?.await.unwrap_or(Err(Fault::Closed))?) })
    }

    /// Adds a job, if there is room. A single one that is larger than the bound still has its turn.
    ///
    /// # Errors
    /// [`Fault::Full`], [`Fault::Closed`], or why nothing can be taken.
    pub fn push(&self, job: Job) -> Result<(), Fault> {
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(Fault::Closed);
        }
        if let Some(why) = &waiting.down {
            return Err(Fault::Store(why.clone()));
        }
        if !waiting.jobs.has_room(job.weight, self.most, self.most_bytes) {
            return Err(Fault::Full);
        }
        waiting.jobs.push(job.weight, job);
        drop(waiting);
        self.pushed.notify_one();
        Ok(())
    }

    /// Takes what waits, up to so many jobs and bytes, but one at least.
    #[must_use]
    pub fn take(&self, most: usize, most_bytes: usize) -> Taken {
        let mut waiting = self.lock();
        let jobs = waiting.jobs.take(most, most_bytes);
        match (jobs.is_empty(), waiting.closed) {
            (false, _) => Taken::Jobs(jobs),
            (true, true) => Taken::Closed,
            (true, false) => Taken::Nothing,
        }
    }

    /// Ends when something may wait, or the queue is closed.
    pub async fn pushed(&self) {
        self.pushed.notified().await;
    }

    /// The server cannot be reached: whoever waits is told, and so is everybody who comes until it can be.
    pub fn fail(&self, why: &str) {
        let mut waiting = self.lock();
        waiting.down = Some(why.to_owned());
        let jobs = waiting.jobs.take_all();
        drop(waiting);
        jobs.into_iter().for_each(|job| job.tell(Err(Fault::Store(why.to_owned()))));
    }

    /// The server is there.
    pub fn open(&self) {
        self.lock().down = None;
    }

    /// Takes nothing more; what waits is still done.
    pub fn close(&self) {
        self.lock().closed = true;
        self.pushed.notify_one();
    }

    /// Whether nothing more is taken.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// How many jobs and bytes wait.
    #[must_use]
    pub fn depth(&self) -> (usize, usize) {
        self.lock().jobs.depth()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing under the lock can leave it half done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// However the writer ends, nobody waits for it: kept by the writer, it closes the queue when it is dropped.
#[derive(Debug)]
pub struct Ending(std::sync::Arc<Queue>);

impl Ending {
    /// For the writer of this queue.
    #[must_use]
    pub const fn of(queue: std::sync::Arc<Queue>) -> Self {
        Self(queue)
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.close();
        while let Taken::Jobs(jobs) = self.0.take(usize::MAX, usize::MAX) {
            jobs.into_iter().for_each(|job| job.tell(Err(Fault::Closed)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(weight: usize) -> Job {
        Job { records: Vec::new(), weight, reply: oneshot::channel().0 }
    }

    #[test]
    fn both_bounds_hold_and_a_large_record_has_its_turn() {
        let queue = Queue::new(3, 100);
        assert!(queue.push(job(500)).is_ok(), "alone, whatever its size");
        assert!(matches!(queue.push(job(1)), Err(Fault::Full)));
        assert!(matches!(queue.take(10, 10), Taken::Jobs(jobs) if jobs.len() == 1));
        assert!((0..3).all(|_| queue.push(job(10)).is_ok()));
        assert!(matches!(queue.push(job(0)), Err(Fault::Full)), "three at the most");
        assert_eq!(queue.depth(), (3, 30));
    }

    #[test]
    fn what_waits_at_the_closing_is_still_done_and_nobody_waits_for_what_is_down() {
        let queue = Queue::new(3, 100);
        assert!(queue.push(job(1)).is_ok());
        queue.fail("gone");
        assert_eq!(queue.depth(), (0, 0));
        assert!(matches!(queue.push(job(1)), Err(Fault::Store(why)) if why == "gone"));
        queue.open();
        assert!(queue.push(job(1)).is_ok());
        queue.close();
        assert!(matches!(queue.push(job(1)), Err(Fault::Closed)));
        assert!(matches!(queue.take(10, 10), Taken::Jobs(jobs) if jobs.len() == 1));
        assert!(matches!(queue.take(10, 10), Taken::Closed));
    }
}
