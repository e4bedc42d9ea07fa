//! The one writer: takes what waits, does it in one transaction, syncs once, and tells everybody.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::file;
use crate::job::{Fault, Job};
use crate::look::Look;
use crate::queue::{Queue, Taken};
use crate::role::{Locks, Role};
use crate::sweep::Sweep;

/// How many jobs one transaction holds. More would not share the sync any better and keep the first one waiting.
const MOST_JOBS: usize = 512;
/// How many bytes of records one transaction holds.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// An idle moment: the log is written back into the file then, not while senders wait.
const IDLE: Duration = Duration::from_millis(50);
/// How often the file is tried again that did not open.
const PROBE: Duration = Duration::from_secs(1);

/// The thread that owns the connection.
pub(crate) struct Writer {
    pub(crate) role: Role,
    pub(crate) path: PathBuf,
    pub(crate) queue: Arc<Queue>,
    /// Wakes the workers.
    pub(crate) changed: Arc<watch::Sender<()>>,
    pub(crate) connection: Option<Connection>,
    pub(crate) sweep: Sweep,
    pub(crate) look: Look,
    /// When the file may be tried again.
    pub(crate) probe_at: Option<Instant>,
    /// Held as long as the thread lives; never read.
    pub(crate) _locks: Locks,
    /// Says that the file is closed, by being dropped last.
    pub(crate) _ended: watch::Sender<()>,
}

impl Writer {
    pub(crate) fn run(mut self) {
        let mut dirty = false;
        loop {
            let patience = match (&self.connection, dirty) {
                // Nothing is swept or written back until it is open again.
                (None, _) => PROBE,
                (Some(_), true) => IDLE,
                (Some(_), false) if self.role.tends() => self.sweep.patience().min(self.look.patience()),
                (Some(_), false) => self.look.patience(),
            };
            match self.queue.take(MOST_JOBS, MOST_BYTES, patience) {
                Taken::Jobs(jobs) => {
                    self.work(jobs);
                    dirty = true;
                    if self.queue.is_to_flush() {
                        self.checkpoint("TRUNCATE");
                    }
                }
                Taken::Idle if dirty => {
                    if self.role.tends() {
                        self.checkpoint("PASSIVE");
                    }
                    dirty = false;
                }
                Taken::Idle => {
                    // Also without anybody who asks, so that workers find it open.
                    let _ = self.connection();
                }
                Taken::Closed => return,
            }
            dirty |= self.role.tends() && self.sweep();
            self.look();
        }
    }

    fn work(&mut self, mut jobs: Vec<Job>) {
        let fault = match self.connection() {
            Ok(connection) => match commit(connection, &mut jobs) {
                Ok(()) => None,
                Err(error) if is_of_one_job(&error) && jobs.len() > 1 => return self.one_by_one(jobs),
                Err(error) => Some(self.failed(&error)),
            },
            Err(fault) => Some(fault),
        };
        self.conclude(jobs, fault.as_ref());
    }

    /// One of the jobs cannot be done: the others are not to suffer for it.
    fn one_by_one(&mut self, jobs: Vec<Job>) {
        for job in jobs {
            self.work(vec![job]);
        }
    }

    fn conclude(&self, jobs: Vec<Job>, fault: Option<&Fault>) {
        let mut wakes = false;
        for job in jobs {
            wakes |= job.step.wakes();
            job.step.conclude(fault);
        }
        if wakes && fault.is_none() {
            self.changed.send_replace(());
        }
    }

    /// The connection; after a failure a new one, whose file was looked through.
    fn connection(&mut self) -> Result<&Connection, Fault> {
        if self.connection.is_none() {
            let now = Instant::now();
            if self.probe_at.is_some_and(|at| now < at) {
                return Err(Fault::Store("the inbox failed and is not open again yet".to_owned()));
            }
            self.probe_at = now.checked_add(PROBE);
            match self.role.open(&self.path).and_then(|connection| file::check(&connection).map(|()| connection)) {
                Ok(connection) => {
                    tracing::info!(target: "hookporter", path = %self.path.display(), "the inbox is open again");
                    self.connection = Some(connection);
                    self.look.forget();
                }
                Err(error) => {
                    tracing::error!(target: "hookporter", path = %self.path.display(), "{error}");
                    return Err(Fault::Store(error.to_string()));
                }
            }
        }
        self.connection.as_ref().ok_or(Fault::Closed)
    }

    /// A transaction failed. Unless it failed cleanly nothing is believed of the connection any more, least of all that
    /// syncing once more would help: the system may have dropped what it could not write, and say yes the next time.
    fn failed(&mut self, error: &rusqlite::Error) -> Fault {
        tracing::error!(target: "hookporter", path = %self.path.display(), "the inbox failed: {error}");
        let rolled_back = self.connection.as_ref().is_some_and(Connection::is_autocommit);
        if !(rolled_back && (is_clean(error) || is_of_one_job(error))) {
            self.connection = None;
            self.probe_at = None;
        }
        Fault::Store(error.to_string())
    }

    /// Whether it may have changed the file.
    fn sweep(&mut self) -> bool {
        let Some(connection) = &self.connection else { return false };
        match self.sweep.step_if_due(connection) {
            Ok(changed) => changed,
            Err(error) => {
                self.failed(&error);
                false
            }
        }
    }

    /// Wakes the workers where somebody else has changed the file: another process, or a tool.
    fn look(&mut self) {
        let Some(connection) = &self.connection else { return };
        match self.look.is_changed(connection) {
            Ok(true) => {
                self.changed.send_replace(());
            }
            Ok(false) => {}
            Err(error) => {
                self.failed(&error);
            }
        }
    }

    /// Writes the log back into the file.
    fn checkpoint(&mut self, how: &str) {
        let Some(connection) = &self.connection else { return };
        if let Err(error) = connection.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |_| Ok(())) {
            self.failed(&error);
        }
    }
}

/// However the thread ends, nobody waits for it.
impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close();
        while let Taken::Jobs(jobs) = self.queue.take(MOST_JOBS, MOST_BYTES, Duration::ZERO) {
            jobs.into_iter().for_each(|job| job.step.conclude(Some(&Fault::Closed)));
        }
    }
}

/// All jobs in one transaction, or none.
fn commit(connection: &Connection, jobs: &mut [Job]) -> rusqlite::Result<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let done = jobs.iter_mut().try_for_each(|job| job.step.run(connection));
    let ended = done.and_then(|()| connection.prepare_cached("COMMIT")?.execute([]));
    if ended.is_err() && !connection.is_autocommit() {
        // The first error is the one to tell of; whether this one succeeds, the connection itself says.
        let _ = connection.execute_batch("ROLLBACK");
    }
    ended.map(|_| ())
}

/// Failures after which the file is as it was: no room, or another program's lock.
fn is_clean(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// Failures of what one job asks, whatever the file is like.
fn is_of_one_job(error: &rusqlite::Error) -> bool {
    use ErrorCode::{ConstraintViolation, ParameterOutOfRange, TooBig, TypeMismatch};
    match error.sqlite_error_code() {
        Some(code) => matches!(code, ConstraintViolation | ParameterOutOfRange | TooBig | TypeMismatch),
        // What was read is not what was written there, or what was asked cannot be said.
        None => true,
    }
}
