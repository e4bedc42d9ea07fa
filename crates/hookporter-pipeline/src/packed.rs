//! A record in little room, as it is made on the way of a request.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{KeyId, Reason, UnixTime};

use crate::outcome::{Outcome, Record};
use crate::trace::TraceId;

/// What is kept of a text that a sender chose: a path, a header, a label.
const LONGEST_TEXT: usize = 1024;
/// What is kept of the words for a cause, which may repeat names and URLs that a stranger chose.
const LONGEST_MESSAGE: usize = 512;
/// What the texts of a usual request need.
const USUAL: usize = 512;
/// Instead of a length: there is no such text.
const NONE: u16 = u16::MAX;

/// What is known of one request when it has been answered, in two pieces of memory: for observers that keep many of them, or
/// that have somebody else look at them later. Its fields are those of a [`Record`].
#[derive(Clone)]
#[non_exhaustive]
pub struct PackedRecord {
    /// What the log calls the request.
    pub trace: TraceId,
    /// When it arrived; for one that was turned away, when that was.
    pub at: UnixTime,
    /// The endpoint's name.
    pub endpoint: Arc<str>,
    /// The provider's id, or `custom`.
    pub provider: Cow<'static, str>,
    /// The tenant, where the endpoint has tenants and this one is known.
    pub tenant: Option<Arc<str>>,
    /// What became of it.
    pub outcome: Outcome,
    /// The status that the sender was told.
    pub status: u16,
    /// Why it was not accepted.
    pub reason: Option<Reason>,
    /// How many bytes of body arrived.
    pub body_bytes: usize,
    /// From the head to the answer.
    pub duration: Duration,
    /// Whether the endpoint only reports.
    pub report_only: bool,
    /// In this order: method, path, detail, key id, event id, event type, API version, digest; then names and values of headers.
    pub(crate) texts: Texts,
}

/// The texts of a [`PackedRecord`], where they are.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordTexts<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// The reason with its evidence.
    pub detail: Option<&'a str>,
    /// The id of the key that fitted.
    pub key_id: Option<&'a str>,
    /// The event id.
    pub event_id: Option<&'a str>,
    /// The event type.
    pub event_type: Option<&'a str>,
    /// The API version.
    pub api_version: Option<&'a str>,
    /// The SHA-256 of the body, in hex.
    pub body_digest: Option<&'a str>,
    headers: Reading<'a>,
}

impl<'a> RecordTexts<'a> {
    /// Names and values of the headers.
    pub fn headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let mut texts = self.headers.clone();
        std::iter::from_fn(move || texts.next().flatten().zip(texts.next().flatten()))
    }
}

impl PackedRecord {
    /// Its texts, where they are.
    #[must_use]
    pub fn texts(&self) -> RecordTexts<'_> {
        let mut texts = self.texts.read();
        let mut next = || texts.next().flatten();
        let (method, path, detail, key_id) = (next(), next(), next(), next());
        let (event_id, event_type, api_version, body_digest) = (next(), next(), next(), next());
        let (method, path) = (method.unwrap_or_default(), path.unwrap_or_default());
        RecordTexts { method, path, detail, key_id, event_id, event_type, api_version, body_digest, headers: texts }
    }

    /// The record, with every text in a place of its own.
    #[must_use]
    pub fn open(&self) -> Record {
        let texts = self.texts();
        let own = |text: Option<&str>| text.map(str::to_owned);
        Record {
            trace: self.trace,
            at: self.at,
            endpoint: self.endpoint.clone(),
            provider: self.provider.clone(),
            tenant: self.tenant.clone(),
            method: texts.method.to_owned(),
            path: texts.path.to_owned(),
            headers: texts.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            outcome: self.outcome,
            status: self.status,
            reason: self.reason,
            stage: self.reason.map(Reason::stage),
            detail: own(texts.detail),
            key_id: texts.key_id.map(KeyId::from),
            event_id: own(texts.event_id),
            event_type: own(texts.event_type),
            api_version: own(texts.api_version),
            body_bytes: self.body_bytes,
            body_digest: own(texts.body_digest),
            duration: self.duration,
            report_only: self.report_only,
        }
    }
}

impl From<&Record> for PackedRecord {
    fn from(record: &Record) -> Self {
        let mut texts = Texts::new();
        texts.push(Some(&record.method));
        texts.push(Some(&record.path));
        texts.push(record.detail.as_deref());
        texts.push(record.key_id.as_ref().map(KeyId::as_str));
        let rest = [&record.event_id, &record.event_type, &record.api_version, &record.body_digest];
        rest.into_iter().for_each(|text| texts.push(text.as_deref()));
        record.headers.iter().for_each(|(name, value)| texts.push_header(name, value.as_bytes()));
        Self {
            trace: record.trace,
            at: record.at,
            endpoint: record.endpoint.clone(),
            provider: record.provider.clone(),
            tenant: record.tenant.clone(),
            outcome: record.outcome,
            status: record.status,
            reason: record.reason,
            body_bytes: record.body_bytes,
            duration: record.duration,
            report_only: record.report_only,
            texts,
        }
    }
}

impl fmt::Debug for PackedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.open().fmt(f)
    }
}

/// Texts one behind the other, each behind its length, and shortened where it is long.
#[derive(Clone)]
pub(crate) struct Texts(Vec<u8>);

impl Texts {
    pub(crate) fn new() -> Self {
        Self(Vec::with_capacity(USUAL))
    }

    pub(crate) fn push(&mut self, text: Option<&str>) {
        let Some(text) = text else { return self.0.extend_from_slice(&NONE.to_ne_bytes()) };
        let kept = shortened(text, LONGEST_TEXT);
        let mark = if kept.len() < text.len() { "…" } else { "" };
        // Both are far shorter than the number goes.
        let length = u16::try_from(kept.len().saturating_add(mark.len())).unwrap_or(0);
        self.0.extend_from_slice(&length.to_ne_bytes());
        self.0.extend_from_slice(kept.as_bytes());
        self.0.extend_from_slice(mark.as_bytes());
    }

    /// A header's name and value; bytes that are no text are replaced.
    pub(crate) fn push_header(&mut self, name: &str, value: &[u8]) {
        self.push(Some(name));
        match std::str::from_utf8(value) {
            Ok(value) => self.push(Some(value)),
            Err(_) => self.push(Some(&String::from_utf8_lossy(value))),
        }
    }

    fn read(&self) -> Reading<'_> {
        Reading(&self.0)
    }
}

/// The words for a cause, no longer than journals and health keep them.
pub(crate) fn message(words: String) -> String {
    let kept = shortened(&words, LONGEST_MESSAGE);
    if kept.len() < words.len() { format!("{kept}…") } else { words }
}

/// The beginning of a text, so many bytes at the most.
pub(crate) fn shortened(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[derive(Debug, Clone)]
struct Reading<'a>(&'a [u8]);

impl<'a> Iterator for Reading<'a> {
    type Item = Option<&'a str>;

    fn next(&mut self) -> Option<Option<&'a str>> {
        let (length, rest) = self.0.split_first_chunk()?;
        let length = u16::from_ne_bytes(*length);
        if length == NONE {
            self.0 = rest;
            return Some(None);
        }
        let (text, rest) = rest.split_at_checked(length.into())?;
        self.0 = rest;
        Some(std::str::from_utf8(text).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_out_as_they_went_in_and_none_is_long() {
        let mut texts = Texts::new();
        let long = "ü".repeat(600);
        [Some("POST"), None, Some(""), Some(&long)].into_iter().for_each(|text| texts.push(text));
        texts.push_header("x-bytes", b"a\xffb");
        let read: Vec<_> = texts.read().collect();
        let shortened = format!("{}…", "ü".repeat(512));
        assert_eq!(read, [Some("POST"), None, Some(""), Some(&shortened), Some("x-bytes"), Some("a\u{fffd}b")]);
    }
}
