//! The open file: tried again after a failure, and set aside when it is damaged.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookporter_pipeline::inbox::store::Fault;
use rusqlite::{Connection, ErrorCode};
use tokio::time::Instant;

use crate::cancel::Cancel;
use crate::damage::{self, Damage};
use crate::file::{self, Look};
use crate::lock::Past;
use crate::look;
use crate::role::{Locks, Role};
use crate::{OpenError, Settings, aside};

/// How often the file is tried again that did not open.
pub(crate) const PROBE: Duration = Duration::from_secs(1);
/// So many failures to write within this time, the tables that all hangs on being sound, and the whole file is looked through.
const STRIKES: u32 = 3;
const WITHIN: Duration = Duration::from_secs(60);
/// So many probes in a row at which a sector of those tables cannot be read, and it counts as damaged. Fewer may be a disk
/// that comes back.
const UNREADABLE: u32 = 5;

/// The pause between two of them at a start, where somebody waits.
const RETRY: Duration = Duration::from_millis(200);

/// Where a damaged file was set aside, for whoever asks.
pub(crate) type Aside = Arc<Mutex<Option<PathBuf>>>;

/// The file and its connection.
pub(crate) struct Store {
    path: PathBuf,
    settings: Settings,
    connection: Option<Connection>,
    /// How often it was opened: what was learned of the file before does not hold any more.
    generation: u64,
    /// When the file may be tried again.
    probe_at: Option<Instant>,
    damage: Arc<Damage>,
    aside: Aside,
    /// How often it could not be written because it is damaged, and since when.
    strikes: u32,
    struck: Instant,
    /// Probes in a row at which it could not be read.
    unreadable: u32,
    pub(crate) look: look::Look,
    locks: Locks,
}

impl Store {
    /// Opens the file, locked and looked through.
    pub(crate) fn open(settings: Settings, role: Role, path: PathBuf, cancel: &Cancel) -> Result<Self, OpenError> {
        let mut locks = Locks::take(role, &path)?;
        // Others must not have it open meanwhile.
        if (role.finds_older(&path) || aside::is_begun(&path)) && !locks.take_all(&path) {
            return Err(OpenError::InUse { path });
        }
        let mut store = Self {
            path,
            settings,
            connection: None,
            generation: 0,
            probe_at: None,
            damage: Arc::default(),
            aside: Aside::default(),
            strikes: 0,
            struck: Instant::now(),
            unreadable: 0,
            look: look::Look::new(role.looks_every()),
            locks,
        };
        // What a process that died had begun to set aside.
        if let Some(aside) = aside::finish(&store.path)? {
            store.is_aside(aside, "its last process died of it");
        }
        while let Err(error) = store.connect(store.first_look(), cancel) {
            if !(1..UNREADABLE).contains(&store.unreadable) {
                return Err(error);
            }
            // A disk that gives an error where it is read may not do so the next time.
            std::thread::sleep(RETRY);
        }
        store.locks.mark_open()?;
        if role.works() {
            store.reclaim()?;
        }
        store.locks.keep_own();
        Ok(store)
    }

    /// How much of the file is looked through at the start. What the accepting side has looked through is the working side's.
    fn first_look(&self) -> Look {
        match self.locks.role() {
            Role::Working => Look::Core,
            Role::Both | Role::Accepting => Look::after(self.locks.past()),
        }
    }

    /// Whether somebody else has changed the file since this was asked.
    pub(crate) fn is_changed(&mut self) -> rusqlite::Result<bool> {
        self.connection.as_ref().map_or(Ok(false), |connection| self.look.is_changed(connection))
    }

    /// Another one whenever the file, or a new one in its place, was opened again.
    pub(crate) const fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) const fn connected_mut(&mut self) -> Option<&mut Connection> {
        self.connection.as_mut()
    }

    pub(crate) fn damage(&self) -> Arc<Damage> {
        self.damage.clone()
    }

    pub(crate) fn aside(&self) -> Aside {
        self.aside.clone()
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The connection, if it is open.
    pub(crate) const fn connected(&self) -> Option<&Connection> {
        self.connection.as_ref()
    }

    /// The connection; after a failure a new one, whose file was looked through.
    pub(crate) fn connection(&mut self) -> Result<&Connection, Fault> {
        if self.connection.is_none() {
            let now = Instant::now();
            if self.probe_at.is_some_and(|at| now < at) {
                return Err(Fault::Store("the inbox failed and is not open again yet".to_owned()));
            }
            self.probe_at = now.checked_add(PROBE);
            let look = if self.strikes < STRIKES { Look::Core } else { Look::Whole };
            if let Err(error) = self.connect(look, &Cancel::default()) {
                tracing::error!(target: "hookporter", path = %self.path.display(), "{error}");
                return Err(Fault::Store(error.to_string()));
            }
            if look == Look::Whole {
                self.strikes = 0;
            }
            tracing::info!(target: "hookporter", path = %self.path.display(), "the inbox is open again");
        }
        self.connection.as_ref().ok_or(Fault::Closed)
    }

    /// A transaction failed. Unless it failed cleanly nothing is believed of the connection any more, least of all that
    /// syncing once more would help: the system may have dropped what it could not write, and say yes the next time.
    pub(crate) fn failed(&mut self, error: &rusqlite::Error) -> Fault {
        tracing::error!(target: "hookporter", path = %self.path.display(), "the inbox failed: {error}");
        let rolled_back = self.connection.as_ref().is_some_and(Connection::is_autocommit);
        if !(rolled_back && (is_clean(error) || is_of_one_job(error))) {
            // Closed, its log is written back as far as it was synced, and what was not is gone with it; only what is damaged
            // is left as it is.
            let leave = if damage::is_damage(error) { file::abandon } else { drop };
            self.connection.take().into_iter().for_each(leave);
            self.probe_at = None;
        }
        if damage::is_damage(error) {
            self.damage.meet();
            if self.struck.elapsed() > WITHIN {
                self.strikes = 0;
            }
            // A sector that cannot be read is found by those who read.
            if !damage::is_unreadable(error) {
                self.struck = Instant::now();
                self.strikes = self.strikes.saturating_add(1);
            }
        }
        Fault::Store(error.to_string())
    }

    /// A failure after which nothing is believed of the connection, whatever was rolled back.
    pub(crate) fn distrust(&mut self, error: &rusqlite::Error) {
        self.failed(error);
        drop(self.connection.take());
        self.probe_at = None;
    }

    /// Closes the file, and notes that nothing was wrong with it, if nothing was.
    pub(crate) fn close(&mut self) {
        if let Some(connection) = self.connection.take()
            && connection.close().is_ok()
            && !self.damage.is_met()
        {
            self.locks.mark_closed();
        }
    }

    /// Opens the file, or a new one where it is damaged and may be set aside.
    fn connect(&mut self, look: Look, cancel: &Cancel) -> Result<(), OpenError> {
        let problem = match file::opened(self.locks.role(), &self.path, look, cancel) {
            Ok(connection) => {
                self.unreadable = 0;
                return self.have(connection);
            }
            // A file beside which no inbox ever was may be anything of the user's.
            Err(OpenError::Damaged { .. }) if self.locks.past() == Past::None => {
                return Err(OpenError::NotAnInbox { path: self.path.clone() });
            }
            Err(error) => error,
        };
        self.unreadable = if problem.is_unreadable() { self.unreadable.saturating_add(1) } else { 0 };
        let is_damaged = matches!(problem, OpenError::Damaged { .. }) || self.unreadable >= UNREADABLE;
        // Never under another process that has it open.
        if !(is_damaged && self.settings.set_aside && self.locks.take_all(&self.path)) {
            return Err(problem);
        }
        let aside = aside::set_aside(&self.path, self.settings.clock.now().as_secs())?;
        self.is_aside(aside, &problem.to_string());
        let connection = file::opened(self.locks.role(), &self.path, Look::Core, cancel)?;
        self.have(connection)?;
        self.locks.keep_own();
        Ok(())
    }

    fn have(&mut self, connection: Connection) -> Result<(), OpenError> {
        file::bound_log(&connection, self.settings.log)?;
        file::number_from(&connection, self.locks.past(), self.settings.clock.now().as_millis())?;
        self.locks.is_here();
        self.look.forget();
        self.generation = self.generation.wrapping_add(1);
        self.connection = Some(connection);
        Ok(())
    }

    fn is_aside(&mut self, aside: PathBuf, problem: &str) {
        tracing::error!(
            target: "hookporter", path = %self.path.display(), set_aside = %aside.display(),
            "{problem}; it was set aside, and a new one takes its place"
        );
        *self.aside.lock().unwrap_or_else(PoisonError::into_inner) = Some(aside);
        (self.strikes, self.unreadable) = (0, 0);
        self.damage.forget();
    }

    /// What was being worked when the last process that works ended is due at once: nobody else can have it, so no lease need run out.
    /// So is what nobody has worked yet and is due later: it came in while the clock was ahead, or is a newer release's, which
    /// this may be.
    fn reclaim(&self) -> Result<(), OpenError> {
        let now = self.settings.clock.now().as_millis();
        let sql = "UPDATE events SET due_at = ?1 \
            WHERE due_at > ?1 AND (state = 'working' OR (state = 'waiting' AND attempts = 0))";
        let events = self.connected().map_or(Ok(0), |connection| connection.execute(sql, [now]))?;
        if events > 0 {
            tracing::info!(target: "hookporter", events, "the inbox takes back what was not finished");
        }
        Ok(())
    }
}

/// Failures after which the file is as it was: no room, or another program's lock.
fn is_clean(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// Failures of what one job asks, whatever the file is like.
pub(crate) fn is_of_one_job(error: &rusqlite::Error) -> bool {
    use ErrorCode::{ConstraintViolation, ParameterOutOfRange, TooBig, TypeMismatch};
    match error.sqlite_error_code() {
        Some(code) => matches!(code, ConstraintViolation | ParameterOutOfRange | TooBig | TypeMismatch),
        // What was read is not what was written there, or what was asked cannot be said.
        None => true,
    }
}
