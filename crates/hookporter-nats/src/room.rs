//! How much may be on its way to the stream.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookporter_pipeline::inbox::store::Fault;
use tokio::sync::Notify;

/// What is on its way, bounded in number and in bytes.
#[derive(Debug)]
pub(crate) struct Room {
    taken: Mutex<Taken>,
    /// Wakes whoever waits for it to be empty.
    left: Notify,
    most: usize,
    most_bytes: usize,
}

#[derive(Debug, Default)]
struct Taken {
    deliveries: usize,
    bytes: usize,
    closed: bool,
}

/// A delivery's place, free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    room: Arc<Room>,
    bytes: usize,
}

impl Room {
    pub(crate) fn new(most: usize, most_bytes: usize) -> Arc<Self> {
        Arc::new(Self { taken: Mutex::default(), left: Notify::new(), most, most_bytes })
    }

    /// A place for a delivery of so many bytes, if there is one.
    pub(crate) fn enter(self: &Arc<Self>, bytes: usize) -> Result<Seat, Fault> {
        let mut taken = self.lock();
        if taken.closed {
            return Err(Fault::Closed);
        }
        let all = taken.bytes.saturating_add(bytes);
        // A single record that is larger than the bound still has its turn.
        if taken.deliveries >= self.most || (all > self.most_bytes && taken.bytes > 0) {
            return Err(Fault::Full);
        }
        taken.bytes = all;
        taken.deliveries = taken.deliveries.saturating_add(1);
        Ok(Seat { room: self.clone(), bytes })
    }

    /// Lets nobody in any more, and ends when everybody has left.
    pub(crate) async fn close(&self) {
        self.lock().closed = true;
        loop {
            // Before the look, so that nobody leaves unseen.
            let left = self.left.notified();
            if self.depth().0 == 0 {
                return;
            }
            left.await;
        }
    }

    /// How many deliveries and bytes are on their way.
    pub(crate) fn depth(&self) -> (usize, usize) {
        let taken = self.lock();
        (taken.deliveries, taken.bytes)
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // Nothing under the lock can leave it half done.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.room.lock();
        taken.deliveries = taken.deliveries.saturating_sub(1);
        taken.bytes = taken.bytes.saturating_sub(self.bytes);
        // Nobody waits before.
        let is_last = taken.closed && taken.deliveries == 0;
        drop(taken);
        if is_last {
            self.room.left.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_bounds_hold_a_large_record_has_its_turn_and_nobody_comes_after_the_closing() {
        let room = Room::new(2, 100);
        let large = room.enter(500).unwrap();
        assert!(matches!(room.enter(1), Err(Fault::Full)), "alone, whatever its size");
        drop(large);
        let seats = [room.enter(10).unwrap(), room.enter(10).unwrap()];
        assert!(matches!(room.enter(0), Err(Fault::Full)), "two at the most");
        assert_eq!(room.depth(), (2, 20));
        let closing = tokio::spawn({
            let room = room.clone();
            async move { room.close().await }
        });
        tokio::task::yield_now().await;
        assert!(!closing.is_finished());
        drop(seats);
        closing.await.unwrap();
        assert!(matches!(room.enter(0), Err(Fault::Closed)));
    }
}
