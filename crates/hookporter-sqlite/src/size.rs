//! How large the inbox is, and how large it may be.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;

use crate::file::beside;

/// The size of an inbox, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) used: u64,
    pub(crate) free: u64,
    pub(crate) log: u64,
}

impl Size {
    pub(crate) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT page_size, page_count, freelist_count FROM pragma_page_size, pragma_page_count, pragma_freelist_count";
        let (page, pages, free): (i64, i64, i64) =
            connection.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let bytes = |pages: i64| u64::try_from(pages.saturating_mul(page)).unwrap_or(0);
        let log = connection.path().map(|path| beside(Path::new(path), "-wal"));
        // Where there is none it is empty.
        let log = log.and_then(|log| std::fs::metadata(log).ok()).map_or(0, |log| log.len());
        Ok(Self { used: bytes(pages.saturating_sub(free)), free: bytes(free), log })
    }

    /// What counts against the limit: what is used, and what the log has beyond its ordinary size.
    fn counted(self, ordinary: u64) -> u64 {
        self.used.saturating_add(self.log.saturating_sub(ordinary))
    }
}

/// Whether there is room for more. Workers need some, too, so they are never asked.
#[derive(Debug)]
pub(crate) struct Room {
    limit: Option<u64>,
    /// The ordinary size of the log.
    log: u64,
    was_full: AtomicBool,
}

impl Room {
    pub(crate) const fn new(limit: Option<u64>, log: u64) -> Self {
        Self { limit, log, was_full: AtomicBool::new(false) }
    }

    /// Whether the limit is reached.
    pub(crate) fn is_full(&self, connection: &Connection) -> rusqlite::Result<bool> {
        let Some(limit) = self.limit else { return Ok(false) };
        let counted = Size::of(connection)?.counted(self.log);
        let is_full = counted >= limit;
        if is_full && !self.was_full.swap(is_full, Ordering::Relaxed) {
            tracing::error!(target: "hookporter", bytes = counted, limit, "the inbox is full, and refuses what comes in");
        }
        self.was_full.store(is_full, Ordering::Relaxed);
        Ok(is_full)
    }
}
