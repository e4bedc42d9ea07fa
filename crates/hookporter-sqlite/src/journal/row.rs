//! A request as columns.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{KeyId, Reason, UnixTime};
use hookporter_pipeline::health::LikelyCause;
use hookporter_pipeline::journal::Entry;
use hookporter_pipeline::{Outcome, PackedRecord, Record, RecordTexts, TraceId};
use rusqlite::{CachedStatement, Connection, Row, params};

use super::notes::Keeping;

/// How long a path, a detail and all headers may be together of a request whose proof did not hold: there may be any number of
/// these, and a bound on rows is to be one on bytes.
const OF_A_STRANGER: usize = 512;
/// And its method; those in use are shorter.
const METHOD_OF_A_STRANGER: usize = 32;

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
    record: &PackedRecord,
    event: Option<i64>,
    keeping: &Keeping,
) -> rusqlite::Result<()> {
    let texts = record.texts();
    let is_proven = texts.key_id.is_some();
    let most = if is_proven { usize::MAX } else { OF_A_STRANGER };
    let method = if is_proven { texts.method } else { shortened(texts.method, METHOD_OF_A_STRANGER) };
    // What is encrypted in the event, or in the quarantine, is not to stand in clear beside it. A request that was refused may be
    // the sender's own.
    let path = if keeping.sealed { "" } else { shortened(texts.path, most) };
    // Those of a new event stand in its contents: writing them twice would be more than half of a row.
    let is_new = event.is_some() && matches!(record.outcome, Outcome::Accepted | Outcome::Parked);
    let headers = if keeping.sealed || is_new { String::new() } else { headers(&texts) };
    statement.execute(params![
        id,
        place,
        record.at.as_millis(),
        record.trace.to_bits().cast_signed(),
        record.endpoint,
        record.outcome.as_str(),
        record.status,
        event,
        record.reason.map(Reason::as_str),
        texts.detail.map(|detail| shortened(detail, most)),
        record.provider,
        record.tenant,
        method,
        path,
        shortened(&headers, most),
        texts.key_id,
        texts.event_id,
        texts.event_type,
        texts.api_version,
        i64::try_from(record.body_bytes).unwrap_or(i64::MAX),
        texts.body_digest,
        i64::try_from(record.duration.as_micros()).unwrap_or(i64::MAX),
        record.report_only,
    ])?;
    Ok(())
}

fn headers(texts: &RecordTexts<'_>) -> String {
    let mut lines = String::with_capacity(64);
    for (name, value) in texts.headers() {
        lines.push_str(name);
        lines.push_str(": ");
        // One a line.
        lines.extend(value.chars().map(|character| if character == '\n' { ' ' } else { character }));
        lines.push('\n');
    }
    lines
}

/// As much of a text that a stranger has a hand in as is kept.
pub(super) fn of_a_stranger(text: &str) -> &str {
    shortened(text, OF_A_STRANGER)
}

fn shortened(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// The columns of an entry, in the order in which [`read`] reads them. Contents that a redelivery has replaced since have its
/// headers, and those of the request before are gone.
pub(super) const COLUMNS: &str = "id, at, trace, endpoint, outcome, status, event, reason, detail, provider, tenant, method, \
     path, coalesce(nullif(headers, ''), (SELECT contents.headers FROM contents WHERE contents.event = requests.event \
     AND contents.trace = requests.trace AND outcome IN ('accepted', 'parked') AND sealed_by IS NULL)), key_id, event_id, event_type, api_version, body_bytes, \
     body_digest, duration_us, report_only, cause, cause_proven, cause_message";

/// Reads an entry. A word of a newer release makes it less telling, not unreadable.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Arc<Entry>> {
    let at = UnixTime::from_millis(row.get(1)?);
    let status: u16 = row.get(5)?;
    let word: Option<String> = row.get(7)?;
    let reason = word.as_deref().and_then(reason);
    let detail: Option<String> = row.get(8)?;
    let record = Record {
        trace: TraceId::from_bits(row.get::<_, i64>(2)?.cast_unsigned()),
        at,
        endpoint: row.get::<_, String>(3)?.into(),
        provider: row.get::<_, String>(9)?.into(),
        tenant: row.get::<_, Option<String>>(10)?.map(Arc::from),
        method: row.get(11)?,
        path: row.get(12)?,
        headers: row.get_ref(13)?.as_bytes_or_null()?.map(read_headers).unwrap_or_default(),
        outcome: outcome(&row.get::<_, String>(4)?, status),
        status,
        reason,
        stage: reason.map(Reason::stage),
        // A reason that this release does not know is told in words.
        detail: if reason.is_none() { detail.or(word) } else { detail },
        key_id: row.get::<_, Option<String>>(14)?.map(|id| KeyId::from(&*id)),
        event_id: row.get(15)?,
        event_type: row.get(16)?,
        api_version: row.get(17)?,
        body_bytes: usize::try_from(row.get::<_, i64>(18)?).unwrap_or(0),
        body_digest: row.get(19)?,
        duration: Duration::from_micros(u64::try_from(row.get::<_, i64>(20)?).unwrap_or(0)),
        report_only: row.get(21)?,
    };
    let cause = cause(row, at)?;
    let number = u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
    Ok(Arc::new(Entry { number, record: Arc::new(record), event: row.get(6)?, cause }))
}

fn cause(row: &Row<'_>, at: UnixTime) -> rusqlite::Result<Option<LikelyCause>> {
    let Some(cause) = row.get::<_, Option<String>>(22)? else { return Ok(None) };
    let is_proven = row.get::<_, Option<bool>>(23)?.unwrap_or(false);
    let message = row.get::<_, Option<String>>(24)?.unwrap_or_default();
    Ok(Some(LikelyCause { at, cause: cause.into(), is_proven, message }))
}

/// The reason of this word, if this release knows it.
pub(super) fn reason(word: &str) -> Option<Reason> {
    Reason::ALL.iter().copied().find(|reason| reason.as_str() == word)
}

/// The outcome of this word; of one that this release does not know, by what the sender was told.
fn outcome(word: &str, status: u16) -> Outcome {
    word.parse().unwrap_or(match status {
        200..=299 => Outcome::Ignored,
        500.. => Outcome::Unavailable,
        _ => Outcome::Rejected,
    })
}

fn read_headers(lines: &[u8]) -> Vec<(String, String)> {
    let lines = String::from_utf8_lossy(lines);
    let read = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    lines.split('\n').filter_map(read).collect()
}
