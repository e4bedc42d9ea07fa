//! Reading an inbox that a server has open.

use std::path::Path;
use std::sync::Arc;

use hookporter_pipeline::inbox::{EventRecord, InboxError};
use hookporter_pipeline::journal::{Entry, Query};
use hookporter_pipeline::operating::{
    Attempted, Listed, Original, Page, ReasonCount, Replay, Replayed, Selection, State, Stats,
};
use rusqlite::Connection;

use crate::file::{self, Writes};
use crate::{OpenError, edit, journal, log, replay};

/// Reads an inbox, whether its server runs or not, and changes nothing. For tools: every call blocks on the disk.
///
/// ```no_run
/// use hookporter_sqlite::{Reader, State};
///
/// for dead in Reader::open("hooks.db")?.list(Some(State::Dead), 0, 100)? {
///     println!("{} {:?}", dead.number, dead.last_error);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Reader {
    pub(crate) connection: Connection,
}

impl Reader {
    /// Opens the inbox in this file for reading.
    ///
    /// # Errors
    /// [`OpenError`] if there is no such file, it is no inbox, or its form is not the one of this release.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Ok(Self { connection: file::open_beside(path.as_ref(), Writes::No)? })
    }

    /// A number that is another one than before once somebody else has changed the file: whoever follows an inbox asks for it
    /// now and then, which costs next to nothing, and looks at rows only where it is.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn version(&self) -> Result<i64, InboxError> {
        let version = self.connection.pragma_query_value(None, "data_version", |row| row.get(0));
        version.map_err(InboxError::new)
    }

    /// Events in this state, or in any, by number, at most `most` of those behind the number `after`; begin with 0.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn list(&self, state: Option<State>, after: i64, most: usize) -> Result<Vec<Listed>, InboxError> {
        let which = state.map_or_else(Selection::all, |state| Selection::all().state(state));
        self.select(&which, after, most)
    }

    /// Those of these events, by number, that are behind the number `after`, at most `most`; begin with 0.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn select(&self, which: &Selection, after: i64, most: usize) -> Result<Vec<Listed>, InboxError> {
        self.page(which, Page::After(after), most)
    }

    /// Those of these events that the page is about, at most `most`: the newest first, say, with [`Page::Before`].
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn page(&self, which: &Selection, page: Page, most: usize) -> Result<Vec<Listed>, InboxError> {
        log::list(&self.connection, which, page, most).map_err(InboxError::new)
    }

    /// How many events these are. It looks at every row that the inbox has.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn count(&self, which: &Selection) -> Result<u64, InboxError> {
        log::count(&self.connection, which).map_err(InboxError::new)
    }

    /// All that is kept of an event, body included; `None` if there is no such event, or its body was swept.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn inspect(&self, number: i64) -> Result<Option<(Listed, EventRecord)>, InboxError> {
        log::inspect(&self.connection, number).map_err(InboxError::new)
    }

    /// The attempts to work an event, in order.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn attempts(&self, number: i64) -> Result<Vec<Attempted>, InboxError> {
        log::attempts(&self.connection, number).map_err(InboxError::new)
    }

    /// How much the inbox holds. It counts every row.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn stats(&self) -> Result<Stats, InboxError> {
        log::stats(&self.connection).map_err(InboxError::new)
    }

    /// What came in, of an event that was edited since; `None` for one that is as it came.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn original(&self, number: i64) -> Result<Option<Original>, InboxError> {
        edit::original(&self.connection, number).map_err(InboxError::new)
    }

    /// The requests that a query asks for, the newest first, at most `most` of those before the number `before`; begin with
    /// `u64::MAX`. A text is looked for in every request that is left.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn entries(&self, query: &Query, before: u64, most: usize) -> Result<Vec<Arc<Entry>>, InboxError> {
        journal::entries(&self.connection, query, before, most).map_err(InboxError::new)
    }

    /// The request of this number; `None` if the journal tells of none.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn entry(&self, number: u64) -> Result<Option<Arc<Entry>>, InboxError> {
        journal::entry(&self.connection, number).map_err(InboxError::new)
    }

    /// Why the requests that a query asks for were turned away or not taken, the most frequent reason first.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn reasons(&self, query: &Query) -> Result<Vec<ReasonCount>, InboxError> {
        journal::reasons(&self.connection, query).map_err(InboxError::new)
    }

    /// How many requests the journal has no row of, as far as its server has written that down.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn lost_requests(&self) -> Result<u64, InboxError> {
        journal::lost(&self.connection).map_err(InboxError::new)
    }

    /// The replays, the latest first, at most so many.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn replays(&self, most: usize) -> Result<Vec<Replay>, InboxError> {
        replay::list(&self.connection, most).map_err(InboxError::new)
    }

    /// How the events of a replay go, by number, at most `most` of those behind the number `after`; begin with 0. Events that
    /// were erased or swept since are left out.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn verdicts(&self, replay: i64, after: i64, most: usize) -> Result<Vec<Replayed>, InboxError> {
        replay::verdicts(&self.connection, replay, after, most).map_err(InboxError::new)
    }
}
