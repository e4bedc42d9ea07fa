//! Requests as columns: one statement takes many.

use std::borrow::Cow;
use std::sync::Arc;

use hookporter_pipeline::journal::{Entry, Row};
use sqlx::Postgres;
use sqlx::Row as _;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;

use crate::batch::column;
use crate::text::{kept, told};

type Texts = Option<Cow<'static, str>>;

/// Binds the columns of these rows.
pub(super) fn bind<'q>(
    query: Query<'q, Postgres, PgArguments>,
    rows: &'q [Row<'q>],
) -> Query<'q, Postgres, PgArguments> {
    let maybe = |text: &'q Option<Cow<'q, str>>| text.as_deref().map(kept);
    let query = column(query, rows, |row| row.at);
    let query = column(query, rows, |row| row.trace);
    let query = column(query, rows, |row| kept(&row.endpoint));
    let query = column(query, rows, |row| &*row.outcome);
    let query = column(query, rows, |row| i32::from(row.status));
    let query = column(query, rows, |row| row.event);
    let query = column(query, rows, |row| row.reason.as_deref());
    let query = column(query, rows, |row| maybe(&row.detail));
    let query = column(query, rows, |row| kept(&row.provider));
    let query = column(query, rows, |row| maybe(&row.tenant));
    let query = column(query, rows, |row| kept(&row.method));
    let query = column(query, rows, |row| kept(&row.path));
    let query = column(query, rows, |row| row.headers.as_bytes());
    let query = column(query, rows, |row| maybe(&row.key_id));
    let query = column(query, rows, |row| maybe(&row.event_id));
    let query = column(query, rows, |row| maybe(&row.event_type));
    let query = column(query, rows, |row| maybe(&row.api_version));
    let query = column(query, rows, |row| row.body_bytes);
    let query = column(query, rows, |row| row.body_digest.as_deref());
    let query = column(query, rows, |row| row.duration_us);
    column(query, rows, |row| row.report_only)
}

/// Reads an entry.
pub(super) fn read(row: &PgRow) -> sqlx::Result<Arc<Entry>> {
    let text = |column: usize| row.try_get::<String, _>(column).map(|text| Cow::Owned(told(text)));
    let maybe = |column: usize| -> sqlx::Result<Texts> {
        Ok(row.try_get::<Option<String>, _>(column)?.map(|text| Cow::Owned(told(text))))
    };
    let own: &[u8] = row.try_get(13)?;
    let of_event: Option<&[u8]> = row.try_get(25)?;
    let columns = Row {
        at: row.try_get(1)?,
        trace: row.try_get(2)?,
        endpoint: text(3)?,
        outcome: text(4)?,
        status: u16::try_from(row.try_get::<i32, _>(5)?).unwrap_or(0),
        event: row.try_get(6)?,
        reason: maybe(7)?,
        detail: maybe(8)?,
        provider: text(9)?,
        tenant: maybe(10)?,
        method: text(11)?,
        path: text(12)?,
        headers: String::from_utf8_lossy(of_event.unwrap_or(own)),
        key_id: maybe(14)?,
        event_id: maybe(15)?,
        event_type: maybe(16)?,
        api_version: maybe(17)?,
        body_bytes: row.try_get(18)?,
        body_digest: maybe(19)?,
        duration_us: row.try_get(20)?,
        report_only: row.try_get(21)?,
    };
    let cause = match maybe(22)? {
        Some(cause) => {
            let is_proven: Option<bool> = row.try_get(23)?;
            let message = maybe(24)?.unwrap_or_default();
            Some((cause.into_owned(), is_proven.unwrap_or(false), message.into_owned()))
        }
        None => None,
    };
    Ok(columns.entry(row.try_get(0)?, cause))
}
