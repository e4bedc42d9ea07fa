//! Requests as columns: one statement takes many.

use std::sync::Arc;

use hookporter_pipeline::journal::{Entry, Row};
use sqlx::Postgres;
use sqlx::Row as _;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;

use crate::batch::column;
use crate::text::{kept, told};

/// How many columns an entry has, and which of them are texts.
const COLUMNS: usize = 26;
const TEXTS: [usize; 15] = [3, 4, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 19, 22, 24];

/// Binds the columns of these rows.
pub(super) fn bind<'q>(
    query: Query<'q, Postgres, PgArguments>,
    rows: &'q [Row<'q>],
) -> Query<'q, Postgres, PgArguments> {
    let query = column(query, rows, |row| row.at);
    let query = column(query, rows, |row| row.trace);
    let query = column(query, rows, |row| kept(row.endpoint));
    let query = column(query, rows, |row| row.outcome);
    let query = column(query, rows, |row| i32::from(row.status));
    let query = column(query, rows, |row| row.event);
    let query = column(query, rows, |row| row.reason);
    let query = column(query, rows, |row| row.detail.map(kept));
    let query = column(query, rows, |row| kept(row.provider));
    let query = column(query, rows, |row| row.tenant.map(kept));
    let query = column(query, rows, |row| kept(row.method));
    let query = column(query, rows, |row| kept(row.path));
    let query = column(query, rows, |row| row.headers.as_bytes());
    let query = column(query, rows, |row| row.key_id.map(kept));
    let query = column(query, rows, |row| row.event_id.map(kept));
    let query = column(query, rows, |row| row.event_type.map(kept));
    let query = column(query, rows, |row| row.api_version.map(kept));
    let query = column(query, rows, |row| row.body_bytes);
    let query = column(query, rows, |row| row.body_digest);
    let query = column(query, rows, |row| row.duration_us);
    column(query, rows, |row| row.report_only)
}

/// Reads an entry.
pub(super) fn read(row: &PgRow) -> sqlx::Result<Arc<Entry>> {
    let mut texts: [Option<String>; COLUMNS] = Default::default();
    for (column, text) in texts.iter_mut().enumerate() {
        if TEXTS.contains(&column) {
            *text = row.try_get::<Option<String>, _>(column)?.map(told);
        }
    }
    let maybe = |column: usize| texts.get(column).and_then(Option::as_deref);
    let text = |column: usize| maybe(column).unwrap_or_default();
    let own: &[u8] = row.try_get(13)?;
    let of_event: Option<&[u8]> = row.try_get(25)?;
    let columns = Row {
        at: row.try_get(1)?,
        trace: row.try_get(2)?,
        endpoint: text(3),
        outcome: text(4),
        status: u16::try_from(row.try_get::<i32, _>(5)?).unwrap_or(0),
        event: row.try_get(6)?,
        reason: maybe(7),
        detail: maybe(8),
        provider: text(9),
        tenant: maybe(10),
        method: text(11),
        path: text(12),
        headers: String::from_utf8_lossy(of_event.unwrap_or(own)),
        key_id: maybe(14),
        event_id: maybe(15),
        event_type: maybe(16),
        api_version: maybe(17),
        body_bytes: row.try_get(18)?,
        body_digest: maybe(19),
        duration_us: row.try_get(20)?,
        report_only: row.try_get(21)?,
    };
    let is_proven: Option<bool> = row.try_get(23)?;
    let cause = maybe(22).map(|cause| (cause, is_proven.unwrap_or(false), text(24)));
    Ok(columns.entry(row.try_get(0)?, cause))
}
