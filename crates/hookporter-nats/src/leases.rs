//! What this process has on loan.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hookporter_pipeline::inbox::LeaseId;
use tokio::time::Instant;

use crate::marks::Marks;

/// An event that was given out by the server.
#[derive(Debug)]
pub(crate) struct Lent {
    pub(crate) id: LeaseId,
    pub(crate) attempt: u32,
    /// Which message it is.
    pub(crate) sequence: u64,
    /// The message's subject.
    pub(crate) subject: String,
    /// Where the server is told what became of it.
    pub(crate) reply: String,
    pub(crate) marks: Marks,
    pub(crate) payload: Bytes,
    /// How long the server waits for a word.
    pub(crate) lease: Duration,
}

impl Lent {
    /// The marks of a copy of it that goes on with its number.
    pub(crate) fn copied(&self) -> Marks {
        Marks { number: Some(self.id.number), requeued: self.marks.requeued, ..Marks::default() }
    }
}

/// The leases of this process, each with the moment at which it is over.
///
/// The server takes a word on an event from whoever says it, whether it has given the event to another since or not. So it is
/// this side that says nothing once a lease is over, by a clock that begins before the server's does.
#[derive(Debug, Default)]
pub(crate) struct Leases(Mutex<HashMap<i64, (Arc<Lent>, Instant)>>);

impl Leases {
    pub(crate) fn insert(&self, lent: Lent, until: Instant) {
        self.lock().insert(lent.id.number, (Arc::new(lent), until));
    }

    /// The lease, if it is not over, nor another one on the same event has begun.
    pub(crate) fn live(&self, id: LeaseId) -> Option<Arc<Lent>> {
        let leases = self.lock();
        let (lent, until) = leases.get(&id.number)?;
        (lent.id == id && Instant::now() < *until).then(|| lent.clone())
    }

    /// Makes it good until this moment.
    pub(crate) fn extend(&self, id: LeaseId, to: Instant) {
        if let Some((lent, until)) = self.lock().get_mut(&id.number)
            && lent.id == id
        {
            *until = to;
        }
    }

    /// It is settled.
    pub(crate) fn end(&self, id: LeaseId) {
        let mut leases = self.lock();
        if leases.get(&id.number).is_some_and(|(lent, _)| lent.id == id) {
            leases.remove(&id.number);
        }
    }

    /// Forgets those that are over.
    pub(crate) fn forget(&self) {
        let now = Instant::now();
        self.lock().retain(|_, (_, until)| now < *until);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, (Arc<Lent>, Instant)>> {
        // Nothing under the lock can leave it half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lent(epoch: i64) -> Lent {
        Lent {
            id: LeaseId { number: 1, epoch },
            attempt: 1,
            sequence: 1,
            subject: String::new(),
            reply: String::new(),
            marks: Marks::default(),
            payload: Bytes::new(),
            lease: Duration::from_secs(1),
        }
    }

    #[test]
    fn an_older_lease_and_one_that_is_over_are_not_live() {
        let leases = Leases::default();
        let later = Instant::now().checked_add(Duration::from_secs(60)).unwrap();
        leases.insert(lent(1), later);
        leases.insert(lent(2), later);
        leases.end(LeaseId { number: 1, epoch: 1 });
        assert!(leases.live(LeaseId { number: 1, epoch: 1 }).is_none());
        assert!(leases.live(LeaseId { number: 1, epoch: 2 }).is_some());
        leases.extend(LeaseId { number: 1, epoch: 2 }, Instant::now());
        assert!(leases.live(LeaseId { number: 1, epoch: 2 }).is_none(), "over");
        leases.forget();
        assert!(leases.lock().is_empty());
    }
}
