//! The two forms of a row as statements, which are bound once for many rows.

use std::iter::zip;

use rusqlite::{CachedStatement, Connection};

/// All of a row. What is text, and mostly the same from one row to the next, comes first.
const WHOLE: &str = "INSERT INTO requests (endpoint, outcome, path, body_digest, reason, detail, provider, tenant, method, key_id, \
     event_id, event_type, api_version, id, place, at, trace, status, event, body_bytes, duration_us, report_only, headers) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)";
/// What a new event and its contents do not have.
const SHORT: &str = "INSERT INTO requests (endpoint, outcome, path, body_digest, id, place, at, trace, status, event, body_bytes, \
     duration_us, report_only, provider, method, headers) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, '', '', '')";
/// How many numbers both have behind their texts.
const NUMBERS: usize = 9;

/// Inserts one row after the other, with so many texts each. A text that is the one of the row before is not given to SQLite
/// again: copying it there, and freeing the copy, is most of what a binding costs.
pub(super) struct Insert<'c, 'r, const TEXTS: usize> {
    statement: CachedStatement<'c>,
    bound: [Option<&'r str>; TEXTS],
}

impl<'c> Insert<'c, '_, 13> {
    pub(super) fn whole(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self { statement: connection.prepare_cached(WHOLE)?, bound: [None; 13] })
    }

    /// The headers of the next row: no two of them are the same.
    pub(super) fn headers(&mut self, headers: &str) -> rusqlite::Result<()> {
        self.statement.raw_bind_parameter(13_usize.saturating_add(NUMBERS).saturating_add(1), headers)
    }
}

impl<'c> Insert<'c, '_, 4> {
    pub(super) fn short(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self { statement: connection.prepare_cached(SHORT)?, bound: [None; 4] })
    }
}

impl<'r, const TEXTS: usize> Insert<'_, 'r, TEXTS> {
    pub(super) fn row(
        &mut self,
        texts: [Option<&'r str>; TEXTS],
        numbers: [Option<i64>; NUMBERS],
    ) -> rusqlite::Result<()> {
        for (at, (text, bound)) in (1..).zip(zip(texts, &mut self.bound)) {
            // What is prepared anew has nothing bound.
            if text != *bound {
                self.statement.raw_bind_parameter(at, text)?;
                *bound = text;
            }
        }
        for (at, number) in (TEXTS.saturating_add(1)..).zip(numbers) {
            self.statement.raw_bind_parameter(at, number)?;
        }
        self.statement.raw_execute().map(drop)
    }
}
