//! What was found damaged while the inbox is open.
//!
//! A row that cannot be read costs its own event and no other: it is a dead letter, and the workers go on. Whoever set the
//! whole file aside for it would take away from them what was acknowledged and can still be worked. Once something cannot be
//! written, or the tables that all the rest hangs on are hit, the file takes no new event: an acknowledgement rests on it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::ErrorCode;

/// What SQLite says of `EIO` since 3.34; the older bindings of the range do not name it.
const IOERR_CORRUPTFS: i32 = rusqlite::ffi::SQLITE_IOERR | (33 << 8);
/// More rows than this are not remembered: the next claim finds them again.
const MOST: usize = 10_000;

/// What an error of the disk has done may be over the next time; after so many it is not.
const TIMES: u32 = 2;

/// What was found damaged.
#[derive(Debug, Default)]
pub(crate) struct Damage {
    /// Events whose contents could not be read: how often, and why.
    unreadable: Mutex<BTreeMap<i64, (u32, String)>>,
    /// Whether one more became known.
    news: AtomicBool,
    met: AtomicBool,
}

impl Damage {
    /// Something is damaged.
    pub(crate) fn meet(&self) {
        self.met.store(true, Ordering::SeqCst);
    }

    /// Whether something was damaged: the next start is to look the whole file through.
    pub(crate) fn is_met(&self) -> bool {
        self.met.load(Ordering::SeqCst)
    }

    /// Another file is in its place.
    pub(crate) fn forget(&self) {
        self.met.store(false, Ordering::SeqCst);
        self.unreadable().clear();
    }

    /// The contents of this event cannot be read.
    pub(crate) fn note(&self, number: i64, error: &rusqlite::Error) {
        self.meet();
        let mut unreadable = self.unreadable();
        if unreadable.len() < MOST {
            let (count, text) = unreadable.entry(number).or_default();
            *count = count.saturating_add(1);
            *text = error.to_string();
            self.news.store(true, Ordering::SeqCst);
        }
    }

    /// Whether one more became known since it was asked: what failed for it is to be tried again at once.
    pub(crate) fn is_new(&self) -> bool {
        self.news.swap(false, Ordering::SeqCst)
    }

    /// Why the contents of an event could not be read before, so that it is of no use to try again.
    pub(crate) fn of(&self, number: i64) -> Option<String> {
        self.unreadable().get(&number).filter(|(count, _)| *count >= TIMES).map(|(_, text)| text.clone())
    }

    fn unreadable(&self) -> MutexGuard<'_, BTreeMap<i64, (u32, String)>> {
        self.unreadable.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether this says that bytes of the file are not what was written, or cannot be had.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)) || is_unreadable(error)
}

/// An error of the disk, of which SQLite has told in words only.
pub(crate) fn unreadable(words: String) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_READ), Some(words))
}

/// Whether the disk gives an error where the file is read.
pub(crate) fn is_unreadable(error: &rusqlite::Error) -> bool {
    let is_one = |code| matches!(code, rusqlite::ffi::SQLITE_IOERR_READ | IOERR_CORRUPTFS);
    error.sqlite_error().is_some_and(|error| is_one(error.extended_code))
}
