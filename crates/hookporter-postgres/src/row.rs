//! A record as columns.

use bytes::Bytes;
use hookporter_core::{Coverage, UnixTime};
use hookporter_pipeline::TraceId;
use hookporter_pipeline::inbox::{EventRecord, RecordLabel};
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::text::told;

/// Which labels the proof covered, as one number.
pub(crate) fn signed(record: &EventRecord) -> i16 {
    let bit = |label: &Option<RecordLabel>, bit| if label.as_ref().is_some_and(|label| label.signed) { bit } else { 0 };
    bit(&record.event_id, 1) | bit(&record.event_type, 2) | bit(&record.api_version, 4)
}

/// The state of a record that comes in.
pub(crate) const fn state(record: &EventRecord) -> &'static str {
    if record.parked { "parked" } else { "waiting" }
}

/// Headers, one a line. No value holds a line's end: the pipeline keeps none that does.
pub(crate) fn lines(headers: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut lines = Vec::new();
    for (name, value) in headers {
        lines.extend_from_slice(name.as_bytes());
        lines.extend_from_slice(b": ");
        lines.extend_from_slice(value);
        lines.push(b'\n');
    }
    lines
}

/// What [`lines`] has written.
pub(crate) fn read_lines(lines: &[u8]) -> Vec<(String, Vec<u8>)> {
    let read = |line: &[u8]| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        Some((std::str::from_utf8(name).ok()?.to_owned(), value.strip_prefix(b": ")?.to_vec()))
    };
    lines.split(|byte| *byte == b'\n').filter_map(read).collect()
}

/// What a proof covered, from its word.
pub(crate) fn coverage(word: &str) -> Coverage {
    let all = [Coverage::Body, Coverage::Payload, Coverage::Fields];
    // A word of a newer release claims the least.
    all.into_iter().find(|coverage| coverage.as_str() == word).unwrap_or(Coverage::Origin)
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
    let label = |column, bit| -> sqlx::Result<Option<RecordLabel>> {
        Ok(maybe(column)?.map(|text| RecordLabel { text, signed: signed & bit != 0 }))
    };
    let received = UnixTime::from_millis(row.try_get(at(8))?);
    let body = Bytes::copy_from_slice(row.try_get::<&[u8], _>(at(15))?);
    let mut record = EventRecord::new(&text(0)?, body, received);
    record.tenant = Some(text(1)?).filter(|tenant| !tenant.is_empty());
    record.identity = bytes(2)?.map(<[u8]>::to_vec);
    record.provider = text(3)?;
    record.event_id = label(4, 1)?;
    record.event_type = label(5, 2)?;
    record.api_version = label(6, 4)?;
    record.lane = maybe(9)?;
    record.edited = edited;
    record.format = row.try_get::<i32, _>(at(11))?.cast_unsigned();
    record.method = text(12)?;
    record.target = text(13)?;
    record.headers = read_lines(row.try_get(at(14))?);
    record.payload = bytes(16)?.map(Bytes::copy_from_slice);
    record.coverage = coverage(&text(17)?);
    record.key_id = text(18)?;
    record.sent_at = row.try_get::<Option<i64>, _>(at(19))?.map(UnixTime::from_millis);
    record.peer = maybe(20)?;
    record.sealed_by = maybe(21)?;
    record.trace = row.try_get::<Option<i64>, _>(at(22))?.map(|bits| TraceId::from_bits(bits.cast_unsigned()));
    Ok(record)
}
