//! Mending an inbox that a server has open.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::InboxError;
use hookporter_pipeline::inbox::store::{Bulk, Doing};
use hookporter_pipeline::operating::{Edited, Selection};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::time::Instant;

use crate::file::{self, Writes};
use crate::journal::Erasing;
use crate::{OpenError, bulk, change, edit};

/// The shortest pause between two steps; else it is as long as the step was. SQLite does not hand its lock over: whoever waits
/// for it looks now and then, and without pauses a server would find it taken every time.
const PAUSE: Duration = Duration::from_millis(10);

/// Mends an inbox, whether its server runs or not. For tools: every call blocks on the disk.
///
/// It has a connection of its own and writes in short transactions, which SQLite's own lock puts in a row with the server's;
/// what it changed is durable when the call ends. A running server takes it up within a second. Changes to many events are made
/// a few at a time, each time durably, so that no sender waits for all of them; what fails midway is done up to there.
///
/// It makes no file, brings none to another form, and sets none aside: that is its server's.
///
/// ```no_run
/// use hookporter_core::{Clock, SystemClock};
/// use hookporter_sqlite::{Mender, Selection, State};
///
/// let mender = Mender::open("hooks.db")?;
/// let dead = Selection::all().endpoint("stripe").state(State::Dead);
/// if let Some(replay) = mender.replay(&dead, Some("the account is there now"), SystemClock.now())? {
///     println!("replay {}", replay);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Mender {
    connection: Connection,
    progress: Box<dyn Fn(usize) + Send>,
}

impl Mender {
    /// Opens the inbox in this file.
    ///
    /// # Errors
    /// [`OpenError`] if there is no such file, it is no inbox, its form is not the one of this release, or this SQLite is one
    /// that must not write beside another process.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Ok(Self { connection: file::open_beside(path.as_ref(), Writes::Yes)?, progress: Box::new(|_| {}) })
    }

    /// Tells a function after each step how many events are changed so far. Default: nobody is told.
    #[must_use]
    pub fn on_progress(self, progress: impl Fn(usize) + Send + 'static) -> Self {
        Self { progress: Box::new(progress), ..self }
    }

    /// Has events worked again: dead letters, such as are done, and such as wait for their next attempt. They are due at once
    /// and their attempts count from the beginning. How many; not those that a worker has, or whose body is no longer kept.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub fn requeue(&self, which: &Selection) -> Result<usize, InboxError> {
        Ok(self.all(which, Doing::Requeue)?.done())
    }

    /// Releases parked events, now that the code handles them: they are due at once. How many.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub fn release(&self, which: &Selection) -> Result<usize, InboxError> {
        Ok(self.all(which, Doing::Release)?.done())
    }

    /// Gives up on dead letters and parked events: they count as done, so that a further delivery is a duplicate, and their
    /// bodies go with time. How many.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub fn give_up(&self, which: &Selection, now: UnixTime) -> Result<usize, InboxError> {
        Ok(self.all(which, Doing::GiveUp(now))?.done())
    }

    /// Has events worked again as [`Mender::requeue`] does, to compare: [`Reader::verdicts`](crate::Reader::verdicts) says how
    /// each goes against its last attempt before. Their bytes are the same. The number of the replay; `None` if no event was
    /// chosen that can be replayed, which are those that were tried before.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub fn replay(&self, which: &Selection, reason: Option<&str>, now: UnixTime) -> Result<Option<i64>, InboxError> {
        Ok(self.all(which, Doing::replay(reason.map(str::to_owned), now))?.run())
    }

    /// How many events [`Mender::replay`] would replay.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn count_to_replay(&self, which: &Selection) -> Result<usize, InboxError> {
        let doing = Doing::replay(None, UnixTime::from_secs(0));
        let count = bulk::count(&self.connection, which, &doing).map_err(InboxError::new)?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Replaces the body of a dead letter or a parked event, and with it what it says. It stays in its state: look at it,
    /// then requeue or release it.
    ///
    /// This changes what the sender has signed. So the record says that it is edited, its coverage is the least there is, its
    /// labels are those of the original and hints, and what came in is kept beside it: [`Reader::original`](crate::Reader::original).
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub fn edit(&self, number: i64, body: &[u8], reason: Option<&str>, now: UnixTime) -> Result<Edited, InboxError> {
        self.transaction(|connection| edit::edit(connection, number, body, reason, now))
    }

    /// Puts back what came in, of an event that was edited.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub fn restore(&self, number: i64) -> Result<Edited, InboxError> {
        self.transaction(|connection| edit::restore(connection, number))
    }

    /// Erases an event with all that was kept of it, in whatever state it is, from the file's free pages too; its worker, if
    /// one has it, is fenced off. So are the requests of the journal that told of it, other than those of the last half second,
    /// which its server has yet to write down. Whether there was one. The file's log may hold a copy until [`Mender::empty_log`].
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub fn erase(&self, number: i64) -> Result<bool, InboxError> {
        let (events, mut erasing) = self.transaction(|connection| {
            let erasing = Erasing::of_event(connection, number)?;
            Ok((change::erase(connection, "id = ?1", [number])?, erasing))
        })?;
        while !erasing.is_over {
            let begun = Instant::now();
            erasing = self.transaction(|connection| erasing.step(connection))?;
            std::thread::sleep(begun.elapsed());
        }
        Ok(events > 0)
    }

    /// Writes the file's log back and empties it: it holds pages as they were before. Whether it is empty; another program
    /// that reads in a long transaction keeps it from that.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub fn empty_log(&self) -> Result<bool, InboxError> {
        let busy: Result<i64, _> = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        Ok(busy.map_err(InboxError::new)? == 0)
    }

    pub(crate) fn all(&self, which: &Selection, doing: Doing) -> Result<Bulk, InboxError> {
        self.all_telling(which, doing, &*self.progress)
    }

    /// The same, and `progress` is told how many it were so far.
    pub(crate) fn all_telling(
        &self,
        which: &Selection,
        doing: Doing,
        progress: &dyn Fn(usize),
    ) -> Result<Bulk, InboxError> {
        let mut bulk = Bulk::new(which.clone(), doing);
        loop {
            let begun = Instant::now();
            bulk = self.transaction(|connection| bulk::step(&bulk, connection))?;
            progress(bulk.done());
            if bulk.is_over() {
                return Ok(bulk);
            }
            std::thread::sleep(begun.elapsed().max(PAUSE));
        }
    }

    pub(crate) fn transaction<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, InboxError> {
        let done = || {
            let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
            let answer = work(&transaction)?;
            transaction.commit()?;
            Ok(answer)
        };
        done().map_err(|error: rusqlite::Error| InboxError::new(error))
    }
}

impl fmt::Debug for Mender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mender").finish_non_exhaustive()
    }
}
