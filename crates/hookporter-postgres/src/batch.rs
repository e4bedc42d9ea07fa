//! Many records as columns: one statement takes them all.

use std::borrow::Cow;

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::store::columns;
use hookporter_pipeline::inbox::{EventRecord, RecordLabel};
use sqlx::Postgres;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;

use crate::text::kept;
use crate::{lane, row};

type Statement<'q> = Query<'q, Postgres, PgArguments>;

pub(crate) fn label(label: Option<&RecordLabel>) -> Option<Cow<'_, str>> {
    label.map(|label| kept(&label.text))
}

pub(crate) fn maybe(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(|text| kept(text))
}

pub(crate) fn tenant(record: &EventRecord) -> Cow<'_, str> {
    kept(record.tenant.as_deref().unwrap_or_default())
}

/// Binds a column of all of these.
pub(crate) fn column<'q, R, T>(query: Statement<'q>, rows: &'q [R], of: impl Fn(&'q R) -> T) -> Statement<'q>
where
    Vec<T>: sqlx::Encode<'q, Postgres> + sqlx::Type<Postgres> + 'q,
{
    query.bind(rows.iter().map(of).collect::<Vec<T>>())
}

/// Binds what tells an event: endpoint, tenant and identity.
pub(crate) fn bind_identities<'q>(query: Statement<'q>, records: &'q [&'q EventRecord]) -> Statement<'q> {
    let query = column(query, records, |record| kept(&record.endpoint));
    let query = column(query, records, |record| tenant(record));
    column(query, records, |record| record.identity.as_deref())
}

/// Binds the columns of `events`.
pub(crate) fn bind_events<'q>(query: Statement<'q>, records: &'q [&'q EventRecord]) -> Statement<'q> {
    bind_facts(column(query, records, |record| row::state(record)), records)
}

/// Binds the columns of `events` that no work on an event changes.
pub(crate) fn bind_facts<'q>(query: Statement<'q>, records: &'q [&'q EventRecord]) -> Statement<'q> {
    let query = bind_identities(query, records);
    let query = column(query, records, |record| maybe(record.lane.as_ref()));
    let query = column(query, records, |record| lane::of(record));
    let query = column(query, records, |record| kept(&record.provider));
    let query = column(query, records, |record| label(record.event_id.as_ref()));
    let query = column(query, records, |record| label(record.event_type.as_ref()));
    let query = column(query, records, |record| label(record.api_version.as_ref()));
    let query = column(query, records, |record| i16::from(columns::signed(record)));
    column(query, records, |record| record.received_at.as_millis())
}

/// Binds the columns of `contents`.
pub(crate) fn bind_contents<'q>(query: Statement<'q>, records: &'q [&'q EventRecord]) -> Statement<'q> {
    let query = column(query, records, |record| record.format.cast_signed());
    let query = column(query, records, |record| kept(&record.method));
    let query = column(query, records, |record| kept(&record.target));
    let query = column(query, records, |record| columns::lines(&record.headers));
    let query = column(query, records, |record| &record.body[..]);
    let query = column(query, records, |record| record.payload.as_deref());
    let query = column(query, records, |record| record.coverage.as_str());
    let query = column(query, records, |record| kept(&record.key_id));
    let query = column(query, records, |record| record.sent_at.map(UnixTime::as_millis));
    let query = column(query, records, |record| maybe(record.peer.as_ref()));
    let query = column(query, records, |record| maybe(record.sealed_by.as_ref()));
    column(query, records, |record| record.trace.map(|trace| trace.to_bits().cast_signed()))
}
