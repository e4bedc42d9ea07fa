//! A record as columns.

use bytes::Bytes;
use hookporter_core::{Coverage, UnixTime};
use hookporter_pipeline::TraceId;
use hookporter_pipeline::inbox::{EventRecord, RecordLabel};
use rusqlite::Row;

/// Which labels the proof covered, as one number.
pub(crate) fn signed(record: &EventRecord) -> i64 {
    let bit = |label: &Option<RecordLabel>, bit| if label.as_ref().is_some_and(|label| label.signed) { bit } else { 0 };
    bit(&record.event_id, 1) | bit(&record.event_type, 2) | bit(&record.api_version, 4)
}

pub(crate) fn text(label: Option<&RecordLabel>) -> Option<&str> {
    label.map(|label| &*label.text)
}

pub(crate) fn headers(record: &EventRecord) -> Vec<u8> {
    lines(&record.headers)
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

pub(crate) fn read_headers(lines: &[u8]) -> Vec<(String, Vec<u8>)> {
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
    let label = |column, bit| -> rusqlite::Result<Option<RecordLabel>> {
        let text: Option<String> = row.get(at(column))?;
        Ok(text.map(|text| RecordLabel { text, signed: signed & bit != 0 }))
    };
    let endpoint: String = row.get(at(0))?;
    let tenant: String = row.get(at(1))?;
    let received = UnixTime::from_millis(row.get(at(8))?);
    let mut record = EventRecord::new(&endpoint, Bytes::from(row.get::<_, Vec<u8>>(at(13))?), received);
    record.tenant = Some(tenant).filter(|tenant| !tenant.is_empty());
    record.identity = row.get(at(2))?;
    record.provider = row.get(at(3))?;
    record.event_id = label(4, 1)?;
    record.event_type = label(5, 2)?;
    record.api_version = label(6, 4)?;
    record.format = row.get(at(9))?;
    record.method = row.get(at(10))?;
    record.target = row.get(at(11))?;
    record.headers = read_headers(&row.get::<_, Vec<u8>>(at(12))?);
    record.payload = row.get::<_, Option<Vec<u8>>>(at(14))?.map(Bytes::from);
    record.coverage = coverage(&row.get::<_, String>(at(15))?);
    record.key_id = row.get(at(16))?;
    record.sent_at = row.get::<_, Option<i64>>(at(17))?.map(UnixTime::from_millis);
    record.lane = row.get(at(18))?;
    record.peer = row.get(at(19))?;
    record.sealed_by = row.get(at(20))?;
    record.trace = row.get::<_, Option<i64>>(at(22))?.map(|bits| TraceId::from_bits(bits.cast_unsigned()));
    record.edited = edited;
    Ok(record)
}
