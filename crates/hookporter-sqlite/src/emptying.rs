//! Emptying the log: what was deleted from the file still stands in it.
//!
//! A checkpoint that waits for another program's reader would keep senders waiting, so this one never waits: it is tried, and
//! tried again in the writer's next moments.

use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::role::Role;

/// The pause between two tries while somebody waits for it, and while nobody does.
const RETRY: Duration = Duration::from_millis(100);
const RETRY_LATER: Duration = Duration::from_secs(1);
/// Without anybody who waits it is left for an idle moment, but no longer than this.
const LATEST: Duration = Duration::from_secs(10);

/// Somebody who waits for the log to be empty, and is told whether it is.
pub(crate) struct Waiter {
    pub(crate) until: Instant,
    pub(crate) reply: oneshot::Sender<bool>,
}

/// Whether the log is to be emptied, and who waits for it.
#[derive(Default)]
pub(crate) struct Emptying {
    /// Since when something in the log is to go.
    wanted: Option<Instant>,
    tried: Option<Instant>,
    waiters: Vec<Waiter>,
}

impl Emptying {
    /// Something in the log is to go.
    pub(crate) fn want(&mut self) {
        self.wanted.get_or_insert_with(Instant::now);
    }

    /// Whoever waits, waits for what is in the log now.
    pub(crate) fn add(&mut self, waiters: Vec<Waiter>) {
        if !waiters.is_empty() {
            self.want();
            self.tried = None;
            self.waiters.extend(waiters);
        }
    }

    /// How long until there is something to do, at the most.
    pub(crate) fn patience(&self) -> Duration {
        let pause = if self.waiters.is_empty() { RETRY_LATER } else { RETRY };
        match self.wanted {
            None => Duration::MAX,
            Some(_) => self.tried.map_or(Duration::ZERO, |tried| pause.saturating_sub(tried.elapsed())),
        }
    }

    /// Whether it is to be tried now.
    pub(crate) fn is_due(&self, moment: Moment) -> bool {
        let in_time = |wanted: Instant| wanted.elapsed() >= LATEST || matches!(moment, Moment::Idle);
        self.patience().is_zero() && (!self.waiters.is_empty() || self.wanted.is_some_and(in_time))
    }

    pub(crate) const fn is_wanted(&self) -> bool {
        self.wanted.is_some()
    }

    /// Tries it, if the file is open.
    pub(crate) fn run(&mut self, role: Role, connection: Option<&mut Connection>) -> rusqlite::Result<()> {
        self.tried = Some(Instant::now());
        let Some(connection) = connection else { return Ok(()) };
        // Whoever is in the way is not waited for.
        connection.busy_timeout(Duration::ZERO)?;
        let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        role.waits_for_others(connection)?;
        if busy? == 0 {
            (self.wanted, self.tried) = (None, None);
            self.tell(true);
        }
        Ok(())
    }

    /// Tells those whose time is over that the log is not empty.
    pub(crate) fn expire(&mut self) {
        let now = Instant::now();
        for over in self.waiters.extract_if(.., |waiter| waiter.until <= now) {
            let _ = over.reply.send(false);
        }
    }

    /// Nothing more will be tried.
    pub(crate) fn end(&mut self) {
        self.tell(false);
    }

    fn tell(&mut self, empty: bool) {
        for waiter in self.waiters.drain(..) {
            // Whoever asked may be gone.
            let _ = waiter.reply.send(empty);
        }
    }
}

/// What the writer is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It has just worked, and more may wait.
    Busy,
    /// Nothing waits.
    Idle,
}
