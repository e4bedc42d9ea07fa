//! Which sides of an inbox a process has, and what follows from it for the file.
//!
//! Each side has a lock file of its own: `hooks.db.lock` is the accepting side's, `hooks.db.work.lock` the working side's. What
//! concerns the file as a whole, such as bringing it to another form or setting it aside, is done under both.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::cancel::Cancel;
use crate::lock::{Lock, Past};
use crate::{OpenError, file, schema, sound};

/// Which sides this process has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Both,
    Accepting,
    Working,
}

/// The pause between two tries to begin a transaction while the other process has one. SQLite's own pauses grow to 100 ms, and
/// a process that commits one transaction after the other would leave no gap that they meet.
const TURN: Duration = Duration::from_micros(500);

impl Role {
    /// Whether events are worked here, so that somebody is to be woken.
    pub(crate) fn works(self) -> bool {
        self != Self::Accepting
    }

    /// Whether this process sweeps, and writes the log back in its idle moments. One is enough.
    pub(crate) fn tends(self) -> bool {
        self != Self::Working
    }

    /// How often to look whether somebody else has changed the file.
    pub(crate) const fn looks_every(self) -> Option<Duration> {
        match self {
            // A tool may mend something.
            Self::Both => Some(Duration::from_secs(1)),
            // Every event comes from another process.
            Self::Working => Some(Duration::from_millis(50)),
            // Nobody is to be woken.
            Self::Accepting => None,
        }
    }

    /// Opens the file, again too. The working side makes none and changes the form of none.
    pub(crate) fn open(self, path: &Path, cancel: &Cancel) -> Result<Connection, OpenError> {
        if self == Self::Working {
            demand_present(path)?;
        }
        let mut connection = file::open(path, cancel)?;
        self.waits_for_others(&mut connection)?;
        Ok(connection)
    }

    /// Has SQLite wait for another process that has its lock, for a time.
    pub(crate) fn waits_for_others(self, connection: &mut Connection) -> rusqlite::Result<()> {
        match self {
            Self::Both => connection.busy_timeout(file::BUSY),
            Self::Accepting | Self::Working => connection.busy_handler(Some(wait as fn(i32) -> bool)),
        }
    }

    /// Whether the file has the form of an earlier release, and others must not have it open while it is changed.
    pub(crate) fn finds_older(self, path: &Path) -> bool {
        self == Self::Accepting && matches!(demand_present(path), Err(OpenError::Older { .. }))
    }
}

fn demand_present(path: &Path) -> Result<(), OpenError> {
    if !path.exists() {
        let missing = "there is no such file: the process that accepts makes it";
        return Err(OpenError::failed("finding it", missing));
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(file::BUSY)?;
    if !file::is_ours(&connection)? {
        return Err(OpenError::NotAnInbox { path: path.to_owned() });
    }
    schema::demand_present(&connection, path)
}

/// Whether to try again, for the so-manieth time.
fn wait(count: i32) -> bool {
    std::thread::sleep(TURN);
    let waited = u32::try_from(count).map_or(file::BUSY, |count| TURN.saturating_mul(count));
    waited < file::BUSY
}

/// The rights to an inbox, as long as they live.
#[derive(Debug)]
pub(crate) struct Locks {
    role: Role,
    accepting: Option<Lock>,
    working: Option<WorkingLock>,
}

impl Locks {
    pub(crate) fn take(role: Role, path: &Path) -> Result<Self, OpenError> {
        if role != Role::Both {
            sound::demand()?;
        }
        let accepting = (role != Role::Working).then(|| Lock::take(path)).transpose()?;
        let working = (role != Role::Accepting).then(|| WorkingLock::take(path)).transpose()?;
        Ok(Self { role, accepting, working })
    }

    /// Whether the file may be changed as a whole, since no other process can have it open: takes the right to work, too, if
    /// nobody has it. What is there is never the working side's to change.
    pub(crate) fn take_all(&mut self, path: &Path) -> bool {
        if self.role == Role::Accepting && self.working.is_none() {
            self.working = WorkingLock::take(path).ok();
        }
        self.accepting.is_some() && self.working.is_some()
    }

    /// Gives back what [`Self::take_all`] took.
    pub(crate) fn keep_own(&mut self) {
        if self.role == Role::Accepting {
            self.working = None;
        }
    }

    pub(crate) const fn role(&self) -> Role {
        self.role
    }

    /// What is known of the file from before. The working side finds what the accepting side has looked through.
    pub(crate) fn past(&self) -> Past {
        self.accepting.as_ref().map_or(Past::Unclean, |lock| lock.past)
    }

    /// From here on an inbox is here.
    pub(crate) fn is_here(&mut self) {
        if let Some(lock) = &mut self.accepting
            && lock.past == Past::None
        {
            lock.past = Past::Unclean;
        }
    }

    /// Notes that an inbox is here, and open.
    pub(crate) fn mark_open(&mut self) -> Result<(), OpenError> {
        self.accepting.as_mut().map_or(Ok(()), Lock::mark_open)
    }

    /// Notes that the inbox was closed, and nothing was wrong with it. Only a process that has it alone can say so.
    pub(crate) fn mark_closed(&mut self) {
        if self.role == Role::Both {
            self.accepting.iter_mut().for_each(Lock::mark_closed);
        }
    }
}

/// The right to work events.
#[derive(Debug)]
struct WorkingLock {
    /// Locked as long as it is open.
    file: File,
}

impl WorkingLock {
    fn take(path: &Path) -> Result<Self, OpenError> {
        let beside = file::beside(path, ".work.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&beside);
        let file = file.map_err(|error| OpenError::failed("making its lock file", error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => Err(OpenError::failed("locking its lock file", error)),
        }
    }
}

/// As of [`Lock`].
impl Drop for WorkingLock {
    fn drop(&mut self) {
        // What fails here ends with the process.
        let _ = self.file.unlock();
    }
}
