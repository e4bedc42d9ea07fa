//! What is new in a journal.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hookporter::inbox::InboxError;
use hookporter::journal::{Entry, Query};
use hookporter::sqlite::Reader;

use crate::failure::Failure;
use crate::output;
use crate::store::{self, failed};

/// How many entries are read at a time.
const PAGE: usize = 500;
/// More than so many between two looks are not shown one by one.
const MOST: usize = 20_000;

pub(super) type Shared = Arc<Entry>;

/// Follows a file, also where its server sets it aside and begins another one.
pub(super) struct Follower {
    file: PathBuf,
    reader: Reader,
    identity: Option<Identity>,
    query: Query,
    /// Of the last entry that was seen.
    last: u64,
    version: i64,
    /// Whether it was said that it cannot be read.
    complained: bool,
}

impl Follower {
    /// Opens it; and the last so many entries, the oldest first.
    pub(super) fn begin(file: &Path, query: Query, last: usize) -> Result<(Self, Vec<Shared>), Failure> {
        let identity = identity(file);
        let reader = store::reader(file)?;
        let version = reader.version().map_err(failed)?;
        let mut begun = reader.entries(&query, u64::MAX, last.clamp(1, MOST)).map_err(failed)?;
        let newest = begun.first().map_or(0, |entry| entry.number);
        begun.truncate(last);
        begun.reverse();
        let file = file.to_owned();
        Ok((Self { file, reader, identity, query, last: newest, version, complained: false }, begun))
    }

    pub(super) const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// What came since, the oldest first; `None` if nothing has changed. What cannot be read now may be read later.
    pub(super) fn news(&mut self) -> Option<Vec<Shared>> {
        match self.look() {
            Ok(news) => {
                self.complained = false;
                news
            }
            Err(failure) => {
                if !self.complained {
                    output::complain(format_args!("warning: {failure}; trying again"));
                }
                self.complained = true;
                None
            }
        }
    }

    fn look(&mut self) -> Result<Option<Vec<Shared>>, Failure> {
        let identity = identity(&self.file);
        if identity != self.identity {
            self.reader = store::reader(&self.file)?;
            (self.identity, self.last) = (identity, 0);
        } else if self.reader.version().map_err(failed)? == self.version {
            return Ok(None);
        }
        // Asked before: what comes in between is found by the next look.
        let version = self.reader.version().map_err(failed)?;
        let new = self.since().map_err(failed)?;
        self.version = version;
        if let Some(newest) = new.last() {
            self.last = newest.number;
        }
        Ok(Some(new))
    }

    fn since(&self) -> Result<Vec<Shared>, InboxError> {
        let (mut new, mut before) = (Vec::new(), u64::MAX);
        'looking: while new.len() < MOST {
            let page = self.reader.entries(&self.query, before, PAGE)?;
            let is_last = page.len() < PAGE;
            for entry in page {
                if entry.number <= self.last {
                    break 'looking;
                }
                before = entry.number;
                new.push(entry);
            }
            if is_last {
                break;
            }
        }
        if new.len() >= MOST {
            output::complain(format_args!(
                "more requests came at once than are shown: these are the last {}",
                new.len()
            ));
        }
        new.reverse();
        Ok(new)
    }
}

/// What tells a file from another one of the same name.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = ();

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let file = std::fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    path.exists().then_some(())
}
