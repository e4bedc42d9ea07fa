//! A record as columns.

use bytes::Bytes;
use hookporter_core::{Coverage, UnixTime};
use hookporter_pipeline::TraceId;
use hookporter_pipeline::inbox::store::columns;
use hookporter_pipeline::inbox::{EventRecord, RecordLabel};
use rusqlite::Row;

pub(crate) fn text(label: Option<&RecordLabel>) -> Option<&str> {
    label.map(|label| &*label.text)
}

/// The columns of a record, in the order in which [`read`] reads them.
pub(crate) const COLUMNS: &str = "endpoint, tenant, identity, provider, event_id, event_type, api_version, signed, \
     received_at, format, method, target, headers, body, payload, coverage, key_id, sent_at, lane, peer, sealed_by, \
     edited_at IS NOT NULL, trace";

/// Reads a record from the columns behind `first`.
pub(crate) fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<EventRecord> {
    let at = |column: usize| first.saturating_add(column);
    let edited = row.get(at(21))?;
    // No proof covers what an editor wrote, so the labels are hints: there may be something else in it now.
    let signed: i64 = if edited { 0 } else { row.get(at(7))? };
    let endpoint: String = row.get(at(0))?;
    let tenant: String = row.get(at(1))?;
    let received = UnixTime::from_millis(row.get(at(8))?);
    let mut record = EventRecord::new(&endpoint, Bytes::from(row.get::<_, Vec<u8>>(at(13))?), received);
    record.tenant = Some(tenant).filter(|tenant| !tenant.is_empty());
    record.identity = row.get(at(2))?;
    record.provider = row.get(at(3))?;
    columns::label(&mut record, [row.get(at(4))?, row.get(at(5))?, row.get(at(6))?], signed);
    record.format = row.get(at(9))?;
    record.method = row.get(at(10))?;
    record.target = row.get(at(11))?;
    record.headers = columns::headers(&row.get::<_, Vec<u8>>(at(12))?);
    record.payload = row.get::<_, Option<Vec<u8>>>(at(14))?.map(Bytes::from);
    record.coverage = Coverage::of(&row.get::<_, String>(at(15))?);
    record.key_id = row.get(at(16))?;
    record.sent_at = row.get::<_, Option<i64>>(at(17))?.map(UnixTime::from_millis);
    record.lane = row.get(at(18))?;
    record.peer = row.get(at(19))?;
    record.sealed_by = row.get(at(20))?;
    record.trace = row.get::<_, Option<i64>>(at(22))?.map(|bits| TraceId::from_bits(bits.cast_unsigned()));
    record.edited = edited;
    Ok(record)
}
