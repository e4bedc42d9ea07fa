//! An opening that nobody waits for any more: looking through a large file takes long, and its lock is held all the while.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, InterruptHandle};

use crate::OpenError;

/// Stops an opening from another thread.
#[derive(Default)]
pub(crate) struct Cancel {
    cancelled: AtomicBool,
    handle: Mutex<Option<InterruptHandle>>,
}

impl Cancel {
    /// From now on this connection can be interrupted.
    pub(crate) fn can_interrupt(&self, connection: &Connection) {
        *self.handle() = Some(connection.get_interrupt_handle());
    }

    /// Runs what takes long, unless it is cancelled; it ends early when it is cancelled meanwhile.
    pub(crate) fn run<T>(
        &self,
        connection: &Connection,
        work: impl FnOnce() -> Result<T, OpenError>,
    ) -> Result<T, OpenError> {
        // SQLite forgets an interruption as soon as no statement is open, so one is: it cannot come between looking at the
        // mark and the first statement of the work.
        let mut open = connection.prepare("SELECT 1 UNION ALL SELECT 2")?;
        let mut rows = open.query([])?;
        rows.next()?;
        if self.cancelled.load(Ordering::SeqCst) {
            return Err(OpenError::failed("opening the database", "nobody waits for it any more"));
        }
        work()
    }

    fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        if let Some(handle) = &*self.handle() {
            handle.interrupt();
        }
    }

    fn handle(&self) -> MutexGuard<'_, Option<InterruptHandle>> {
        self.handle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Cancels when it is dropped.
pub(crate) struct OnDrop(pub(crate) Option<Arc<Cancel>>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        if let Some(cancel) = &self.0 {
            cancel.cancel();
        }
    }
}
