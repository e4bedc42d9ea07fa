//! A request as columns.

use std::borrow::Cow;
use std::sync::Arc;

use hookporter_pipeline::journal::{Entry, Row};
use rusqlite::{CachedStatement, Connection, params};

const INSERT: &str = "INSERT INTO requests (id, place, at, trace, endpoint, outcome, status, event, reason, detail, provider, \
     tenant, method, path, headers, key_id, event_id, event_type, api_version, body_bytes, body_digest, duration_us, report_only) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)";

pub(super) fn insert(connection: &Connection) -> rusqlite::Result<CachedStatement<'_>> {
    connection.prepare_cached(INSERT)
}

/// Writes a row by the statement of [`insert`].
pub(super) fn write(
    statement: &mut CachedStatement<'_>,
    (id, place): (i64, i64),
    row: &Row<'_>,
) -> rusqlite::Result<()> {
    statement.execute(params![
        id,
        place,
        row.at,
        row.trace,
        row.endpoint,
        row.outcome,
        row.status,
        row.event,
        row.reason,
        row.detail,
        row.provider,
        row.tenant,
        row.method,
        row.path,
        row.headers,
        row.key_id,
        row.event_id,
        row.event_type,
        row.api_version,
        row.body_bytes,
        row.body_digest,
        row.duration_us,
        row.report_only,
    ])?;
    Ok(())
}

/// The columns of an entry, in the order in which [`read`] reads them. Contents that a redelivery has replaced since have its
/// headers, and those of the request before are gone.
pub(super) const COLUMNS: &str = "id, at, trace, endpoint, outcome, status, event, reason, detail, provider, tenant, method, \
     path, coalesce(nullif(headers, ''), (SELECT contents.headers FROM contents WHERE contents.event = requests.event \
     AND contents.trace = requests.trace AND outcome IN ('accepted', 'parked') AND sealed_by IS NULL)), key_id, event_id, event_type, api_version, body_bytes, \
     body_digest, duration_us, report_only, cause, cause_proven, cause_message";

/// Reads an entry.
pub(super) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Arc<Entry>> {
    let text = |column| row.get::<_, String>(column).map(Cow::Owned);
    let maybe = |column| row.get::<_, Option<String>>(column).map(|text| text.map(Cow::Owned));
    let headers = row.get_ref(13)?.as_bytes_or_null()?.map(String::from_utf8_lossy);
    let columns = Row {
        at: row.get(1)?,
        trace: row.get(2)?,
        endpoint: text(3)?,
        outcome: text(4)?,
        status: row.get(5)?,
        event: row.get(6)?,
        reason: maybe(7)?,
        detail: maybe(8)?,
        provider: text(9)?,
        tenant: maybe(10)?,
        method: text(11)?,
        path: text(12)?,
        headers: headers.unwrap_or_default(),
        key_id: maybe(14)?,
        event_id: maybe(15)?,
        event_type: maybe(16)?,
        api_version: maybe(17)?,
        body_bytes: row.get(18)?,
        body_digest: maybe(19)?,
        duration_us: row.get(20)?,
        report_only: row.get(21)?,
    };
    let cause = match row.get::<_, Option<String>>(22)? {
        Some(cause) => {
            let message: Option<String> = row.get(24)?;
            Some((cause, row.get::<_, Option<bool>>(23)?.unwrap_or(false), message.unwrap_or_default()))
        }
        None => None,
    };
    Ok(columns.entry(row.get(0)?, cause))
}
