//! What is new in a journal.

use std::sync::Arc;

use hookporter::journal::{Entry, Query};
use hookporter::operating::JournalSide;

use crate::failure::Failure;
use crate::output;
use crate::store::Store;

/// How many entries are read at a time.
const PAGE: usize = 500;
/// More than so many between two looks are not shown one by one.
const MOST: usize = 20_000;

pub(super) type Shared = Arc<Entry>;

/// Follows a journal, also where its server sets the file aside and begins another one.
pub(super) struct Follower {
    store: Store,
    requests: Arc<dyn JournalSide>,
    query: Query,
    /// Of the last entry that was seen of those asked for.
    last: u64,
    /// Of the last entry that there was.
    newest: u64,
    /// Whether it was said that it cannot be read.
    complained: bool,
}

impl Follower {
    /// Begins with the last so many entries, the oldest first.
    pub(super) fn begin(store: Store, query: Query, last: usize) -> Result<(Self, Vec<Shared>), Failure> {
        let requests = store.requests()?;
        // Asked before: what comes in between is found by the next look.
        let newest = newest(&store, &*requests)?;
        let mut begun = store.wait(requests.entries(query.clone(), u64::MAX, last.clamp(1, MOST)))?;
        let last_seen = begun.first().map_or(0, |entry| entry.number);
        begun.truncate(last);
        begun.reverse();
        Ok((Self { store, requests, query, last: last_seen, newest, complained: false }, begun))
    }

    pub(super) const fn store(&self) -> &Store {
        &self.store
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
        let newest = newest(&self.store, &*self.requests)?;
        if newest == self.newest {
            return Ok(None);
        }
        if newest < self.newest {
            // Another file, which counts anew.
            self.last = 0;
        }
        let new = self.since()?;
        self.newest = newest;
        if let Some(last) = new.last() {
            self.last = last.number;
        }
        Ok(Some(new))
    }

    fn since(&self) -> Result<Vec<Shared>, Failure> {
        let (mut new, mut before) = (Vec::new(), u64::MAX);
        'looking: while new.len() < MOST {
            let page = self.store.wait(self.requests.entries(self.query.clone(), before, PAGE))?;
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

/// The number of the last entry that there is: asked for five times a second, it is to cost next to nothing.
fn newest(store: &Store, requests: &dyn JournalSide) -> Result<u64, Failure> {
    Ok(store.wait(requests.entries(Query::new(), u64::MAX, 1))?.first().map_or(0, |entry| entry.number))
}
