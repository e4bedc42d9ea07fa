//! A request as columns.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{KeyId, Reason, UnixTime};
use hookporter_pipeline::health::LikelyCause;
use hookporter_pipeline::journal::Entry;
use hookporter_pipeline::{Outcome, PackedRecord, Record, RecordTexts, TraceId};
use rusqlite::{Connection, Row};

use super::insert::Insert;
use super::notes::Keeping;
use super::numbers::Brought;

/// How long a path, a detail and all headers may be together of a request whose proof did not hold: there may be any number of
/// these, and a bound on rows is to be one on bytes.
const OF_A_STRANGER: usize = 512;
/// And its method; those in use are shorter.
const METHOD_OF_A_STRANGER: usize = 32;

/// Writes rows in one transaction.
pub(super) struct Rows<'c, 'r> {
    whole: Insert<'c, 'r, 13>,
    short: Insert<'c, 'r, 4>,
    keeping: Keeping,
}

impl<'c, 'r> Rows<'c, 'r> {
    pub(super) fn new(connection: &'c Connection, keeping: &Keeping) -> rusqlite::Result<Self> {
        Ok(Self { whole: Insert::whole(connection)?, short: Insert::short(connection)?, keeping: *keeping })
    }

    /// Writes the row of this number and place.
    pub(super) fn write(
        &mut self,
        (id, place): (i64, i64),
        record: &'r PackedRecord,
        brought: Option<Brought>,
    ) -> rusqlite::Result<()> {
        let numbers = [
            Some(id),
            Some(place),
            Some(record.at.as_millis()),
            Some(record.trace.to_bits().cast_signed()),
            Some(record.status.into()),
            brought.map(|brought| brought.event),
            Some(i64::try_from(record.body_bytes).unwrap_or(i64::MAX)),
            Some(i64::try_from(record.duration.as_micros()).unwrap_or(i64::MAX)),
            Some(record.report_only.into()),
        ];
        let (endpoint, outcome) = (Some(&*record.endpoint), Some(record.outcome.as_str()));
        // The contents have the headers of what was taken: writing them twice would be more than half of a row. What came as one
        // new event has everything else, too.
        let kept = brought.filter(|_| matches!(record.outcome, Outcome::Accepted | Outcome::Parked));
        // What is encrypted in the event, or in the quarantine, is not to stand in clear beside it. A request that was refused
        // may be the sender's own.
        let is_sealed = self.keeping.sealed;
        if kept.is_some_and(|brought| brought.is_new) {
            let path = if is_sealed { "" } else { record.path() };
            let digest = if self.keeping.digests { record.texts().body_digest } else { None };
            return self.short.row([endpoint, outcome, Some(path), digest], numbers);
        }
        let texts = record.texts();
        let (most, longest) =
            if texts.key_id.is_some() { (usize::MAX, usize::MAX) } else { (OF_A_STRANGER, METHOD_OF_A_STRANGER) };
        let lines = if is_sealed || kept.is_some() { String::new() } else { headers(&texts) };
        self.whole.headers(shortened(&lines, most))?;
        let words = [
            endpoint,
            outcome,
            Some(if is_sealed { "" } else { shortened(texts.path, most) }),
            texts.body_digest,
            record.reason.map(Reason::as_str),
            texts.detail.map(|detail| shortened(detail, most)),
            Some(&*record.provider),
            record.tenant.as_deref(),
            Some(shortened(texts.method, longest)),
            texts.key_id,
            texts.event_id,
            texts.event_type,
            texts.api_version,
        ];
        self.whole.row(words, numbers)
    }
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

/// The columns of an entry, in the order in which [`read`] reads them.
pub(super) const COLUMNS: &str = "requests.id, at, requests.trace, requests.endpoint, outcome, status, requests.event, reason, detail, \
     coalesce(nullif(requests.provider, ''), events.provider, ''), coalesce(requests.tenant, nullif(events.tenant, '')), \
     coalesce(nullif(requests.method, ''), contents.method, ''), path, \
     coalesce(nullif(requests.headers, ''), iif(sealed_by IS NULL, contents.headers, NULL)), \
     coalesce(requests.key_id, contents.key_id), coalesce(requests.event_id, events.event_id), \
     coalesce(requests.event_type, events.event_type), coalesce(requests.api_version, events.api_version), body_bytes, \
     body_digest, duration_us, report_only, cause, cause_proven, cause_message";

/// Where the columns of rows are that are wanted, found by this index: those of a short row in its event. Contents that a
/// redelivery has replaced since have its headers, and those of the request before are gone.
pub(super) fn source(index: &str) -> String {
    format!(
        "requests {index} LEFT JOIN events ON requests.provider = '' AND events.id = requests.event \
         LEFT JOIN contents ON contents.event = requests.event AND contents.trace = requests.trace \
         AND outcome IN ('accepted', 'parked')"
    )
}

/// The tenant and the event's id of a row, where nothing else of it is wanted.
pub(super) const TENANT: &str = "coalesce(requests.tenant, (SELECT events.tenant FROM events \
     WHERE requests.provider = '' AND events.id = requests.event), '')";
pub(super) const EVENT_ID: &str = "coalesce(requests.event_id, (SELECT events.event_id FROM events \
     WHERE requests.provider = '' AND events.id = requests.event))";

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
