//! Reading the journal: pages of it, and what it counts.

use std::sync::Arc;

use hookporter_core::UnixTime;
use hookporter_pipeline::journal::{Entry, Query, Row};
use hookporter_pipeline::operating::ReasonCount;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{PgConnection, Postgres, Row as _};

use super::row;
use crate::sql::Sql;
use crate::text::{kept, told};

/// Binds a query: the first ten parameters.
fn ask<'q>(text: &'static str, query: &'q Query) -> sqlx::query::Query<'q, Postgres, PgArguments> {
    let moment = |moment: Option<UnixTime>| moment.map(UnixTime::as_millis);
    let outcomes =
        (!query.outcomes.is_empty()).then(|| query.outcomes.iter().map(|outcome| outcome.as_str()).collect());
    let (first, last) = query.traces().unzip();
    sqlx::query(text)
        .bind(query.endpoint.as_deref().map(kept))
        .bind(query.event)
        .bind(query.reason.map(|reason| reason.as_str()))
        .bind(moment(query.since))
        .bind(moment(query.until))
        .bind::<Option<Vec<&'static str>>>(outcomes)
        .bind(query.is_of_others().then_some(true))
        .bind(query.text.as_deref().map(kept))
        .bind(first)
        .bind(last)
}

/// The entries that a query asks for, the newest first, at most `most` of those before the number `before`.
pub(super) async fn entries(
    connection: &mut PgConnection,
    sql: &'static Sql,
    query: &Query,
    before: u64,
    most: usize,
) -> sqlx::Result<Vec<Arc<Entry>>> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = ask(sql.journal.entries, query).bind(before).bind(most).fetch_all(connection).await?;
    rows.iter().map(row::read).collect()
}

/// The entry of this number, if it is there.
pub(super) async fn entry(
    connection: &mut PgConnection,
    sql: &'static Sql,
    number: u64,
) -> sqlx::Result<Option<Arc<Entry>>> {
    let Ok(number) = i64::try_from(number) else { return Ok(None) };
    let found = sqlx::query(sql.journal.entry).bind(number).fetch_optional(connection).await?;
    found.as_ref().map(row::read).transpose()
}

/// Why requests were turned away or not taken, the most frequent reason first. Those of a newer release are left out.
pub(super) async fn reasons(
    connection: &mut PgConnection,
    sql: &'static Sql,
    query: &Query,
) -> sqlx::Result<Vec<ReasonCount>> {
    let rows = ask(sql.journal.reasons, query).fetch_all(connection).await?;
    rows.iter().filter_map(|row| counted(row).transpose()).collect()
}

fn counted(row: &PgRow) -> sqlx::Result<Option<ReasonCount>> {
    let Some(reason) = Row::reason_of(row.try_get(1)?) else { return Ok(None) };
    let unsigned = |column: usize| row.try_get::<i64, _>(column).map(|number| u64::try_from(number).unwrap_or(0));
    Ok(Some(ReasonCount {
        endpoint: told(row.try_get(0)?),
        reason,
        count: unsigned(2)?,
        first: UnixTime::from_millis(row.try_get(3)?),
        last: UnixTime::from_millis(row.try_get(4)?),
        last_entry: unsigned(5)?,
    }))
}
