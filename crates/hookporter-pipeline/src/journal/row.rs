//! A request as the columns of a store's row, and back.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{KeyId, Reason, UnixTime};

use super::{Brought, Entry, Keeping};
use crate::health::LikelyCause;
use crate::outcome::{Outcome, Record};
use crate::packed::{PackedRecord, RecordTexts, shortened};
use crate::trace::TraceId;

/// How long a path, a detail and all headers may be together of a request whose proof did not hold: there may be any number of
/// these, and a bound on rows is to be one on bytes.
const OF_A_STRANGER: usize = 512;
/// And its method; those in use are shorter.
const METHOD_OF_A_STRANGER: usize = 32;

/// For authors of stores: a request of the journal as columns. What a stranger has a hand in is short in it, and what is sealed in
/// the event is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct Row<'a> {
    /// When it came, in milliseconds since 1970.
    pub at: i64,
    /// What the log calls it, as a number.
    pub trace: i64,
    /// The endpoint's name.
    pub endpoint: &'a str,
    /// What became of it, as a word.
    pub outcome: &'a str,
    /// What the sender was told.
    pub status: u16,
    /// The number of its event; of a duplicate that of the first delivery's.
    pub event: Option<i64>,
    /// Why it was not accepted, as a word.
    pub reason: Option<&'a str>,
    /// The reason with its evidence.
    pub detail: Option<&'a str>,
    /// The provider's id.
    pub provider: &'a str,
    /// The tenant.
    pub tenant: Option<&'a str>,
    /// The method.
    pub method: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// The headers of an allow-list, one a line, `name: value`; none for an event that is new: its contents have them.
    pub headers: Cow<'a, str>,
    /// The id of the key that fitted.
    pub key_id: Option<&'a str>,
    /// The event id.
    pub event_id: Option<&'a str>,
    /// The event type.
    pub event_type: Option<&'a str>,
    /// The API version.
    pub api_version: Option<&'a str>,
    /// How many bytes of body arrived.
    pub body_bytes: i64,
    /// The SHA-256 of the body, in hex.
    pub body_digest: Option<&'a str>,
    /// From the head to the answer, in microseconds.
    pub duration_us: i64,
    /// Whether the endpoint only reports.
    pub report_only: bool,
}

impl<'a> Row<'a> {
    /// The row of a request, and of what it brought.
    #[must_use]
    pub fn of(record: &'a PackedRecord, brought: Option<Brought>, keeping: &Keeping) -> Self {
        let texts = record.texts();
        let is_proven = texts.key_id.is_some();
        let most = if is_proven { usize::MAX } else { OF_A_STRANGER };
        // The contents have the headers of what was taken: writing them twice would be more than half of a row.
        let is_taken = brought.is_some() && matches!(record.outcome, Outcome::Accepted | Outcome::Parked);
        let headers = if keeping.sealed || is_taken { String::new() } else { lines(&texts, most) };
        Self {
            at: record.at.as_millis(),
            trace: record.trace.to_bits().cast_signed(),
            endpoint: &record.endpoint,
            outcome: record.outcome.as_str(),
            status: record.status,
            event: brought.map(|brought| brought.event),
            reason: record.reason.map(Reason::as_str),
            detail: texts.detail.map(|detail| shortened(detail, most)),
            provider: &record.provider,
            tenant: record.tenant.as_deref(),
            method: if is_proven { texts.method } else { shortened(texts.method, METHOD_OF_A_STRANGER) },
            // What is encrypted in the event, or in the quarantine, is not to stand in clear beside it. A request that was refused
            // may be the sender's own.
            path: if keeping.sealed { "" } else { shortened(texts.path, most) },
            headers: Cow::Owned(headers),
            key_id: texts.key_id,
            event_id: texts.event_id,
            event_type: texts.event_type,
            api_version: texts.api_version,
            body_bytes: i64::try_from(record.body_bytes).unwrap_or(i64::MAX),
            body_digest: texts.body_digest,
            duration_us: i64::try_from(record.duration.as_micros()).unwrap_or(i64::MAX),
            report_only: record.report_only,
        }
    }

    /// The reason of this word, if this release knows it.
    #[must_use]
    pub fn reason_of(word: &str) -> Option<Reason> {
        Reason::ALL.iter().copied().find(|reason| reason.as_str() == word)
    }

    /// The entry of this number; `cause` is what was found out since: a word, whether it is proven, and words. A word of a newer
    /// release makes an entry less telling, not unreadable.
    #[must_use]
    pub fn entry(self, number: i64, cause: Option<(&str, bool, &str)>) -> Arc<Entry> {
        let at = UnixTime::from_millis(self.at);
        let reason = self.reason.and_then(Self::reason_of);
        // A reason that this release does not know is told in words.
        let detail = if reason.is_none() { self.detail.or(self.reason) } else { self.detail };
        let own = |text: Option<&str>| text.map(str::to_owned);
        let record = Record {
            trace: TraceId::from_bits(self.trace.cast_unsigned()),
            at,
            endpoint: Arc::from(self.endpoint),
            provider: Cow::Owned(self.provider.to_owned()),
            tenant: self.tenant.map(Arc::from),
            method: self.method.to_owned(),
            path: self.path.to_owned(),
            headers: read_lines(&self.headers),
            outcome: outcome(self.outcome, self.status),
            status: self.status,
            reason,
            stage: reason.map(Reason::stage),
            detail: own(detail),
            key_id: self.key_id.map(KeyId::from),
            event_id: own(self.event_id),
            event_type: own(self.event_type),
            api_version: own(self.api_version),
            body_bytes: usize::try_from(self.body_bytes).unwrap_or(0),
            body_digest: own(self.body_digest),
            duration: Duration::from_micros(u64::try_from(self.duration_us).unwrap_or(0)),
            report_only: self.report_only,
        };
        let cause = cause.map(|(cause, is_proven, message)| LikelyCause {
            at,
            cause: cause.to_owned().into(),
            is_proven,
            message: message.to_owned(),
        });
        let number = u64::try_from(number).unwrap_or(0);
        Arc::new(Entry { number, record: Arc::new(record), event: self.event, cause })
    }
}

/// The outcome of this word; of one that this release does not know, by what the sender was told.
fn outcome(word: &str, status: u16) -> Outcome {
    word.parse().unwrap_or(match status {
        200..=299 => Outcome::Ignored,
        500.. => Outcome::Unavailable,
        _ => Outcome::Rejected,
    })
}

/// Headers, one a line, no more than so many bytes of them.
fn lines(texts: &RecordTexts<'_>, most: usize) -> String {
    let mut lines = String::with_capacity(64);
    for (name, value) in texts.headers() {
        lines.push_str(name);
        lines.push_str(": ");
        // One a line.
        lines.extend(value.chars().map(|character| if character == '\n' { ' ' } else { character }));
        lines.push('\n');
    }
    let kept = shortened(&lines, most).len();
    lines.truncate(kept);
    lines
}

fn read_lines(lines: &str) -> Vec<(String, String)> {
    let read = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    lines.split('\n').filter_map(read).collect()
}
