//! A record as columns.

use bytes::Bytes;
use hookporter_core::{Coverage, UnixTime};
use hookporter_pipeline::TraceId;
use hookporter_pipeline::inbox::EventRecord;
use hookporter_pipeline::inbox::store::columns;
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::text::told;

/// The state of a record that comes in.
pub(crate) const fn state(record: &EventRecord) -> &'static str {
    if record.parked { "parked" } else { "waiting" }
}

/// Reads a record from the columns behind `first`, in the order of the statement `record`.
pub(crate) fn read(row: &PgRow, first: usize) -> sqlx::Result<EventRecord> {
    let at = |column: usize| first.saturating_add(column);
    let text = |column: usize| row.try_get::<String, _>(at(column)).map(told);
    let maybe = |column: usize| row.try_get::<Option<String>, _>(at(column)).map(|text| text.map(told));
    let bytes = |column: usize| row.try_get::<Option<&[u8]>, _>(at(column));
    let edited: bool = row.try_get(at(10))?;
    // No proof covers what an editor wrote, so the labels are hints: there may be something else in it now.
    let signed: i16 = if edited { 0 } else { row.try_get(at(7))? };
    let received = UnixTime::from_millis(row.try_get(at(8))?);
    let body = Bytes::copy_from_slice(row.try_get::<&[u8], _>(at(15))?);
    let mut record = EventRecord::new(&text(0)?, body, received);
    record.tenant = Some(text(1)?).filter(|tenant| !tenant.is_empty());
    record.identity = bytes(2)?.map(<[u8]>::to_vec);
    record.provider = text(3)?;
    columns::label(&mut record, [maybe(4)?, maybe(5)?, maybe(6)?], signed.into());
    record.lane = maybe(9)?;
    record.edited = edited;
    record.format = row.try_get::<i32, _>(at(11))?.cast_unsigned();
    record.method = text(12)?;
    record.target = text(13)?;
    record.headers = columns::headers(row.try_get(at(14))?);
    record.payload = bytes(16)?.map(Bytes::copy_from_slice);
    record.coverage = Coverage::of(&text(17)?);
    record.key_id = text(18)?;
    record.sent_at = row.try_get::<Option<i64>, _>(at(19))?.map(UnixTime::from_millis);
    record.peer = maybe(20)?;
    record.sealed_by = maybe(21)?;
    record.trace = row.try_get::<Option<i64>, _>(at(22))?.map(|bits| TraceId::from_bits(bits.cast_unsigned()));
    Ok(record)
}
