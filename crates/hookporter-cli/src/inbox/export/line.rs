//! The form of a line.
//!
//! Each line is one object:
//!
//! - `form`: 1, the version of this form. Whoever reads it leaves lines of a higher one alone, and members that it does not
//!   know.
//! - `number`, `state`, `endpoint`, `tenant`, `event_id`, `event_type`, `received_ms`, `due_ms`, `finished_ms` (Unix time in
//!   milliseconds), `attempts`, `last_error`: as the inbox lists it; what there is none of is null.
//! - `identity` (what tells the event from others of its endpoint and tenant, so that a further delivery is a duplicate),
//!   `provider`, `api_version`, `lane`, `signed` (which of `event_id`, `event_type`, `api_version` the proof covered when the event
//!   came), `claims` (how often it was lent to a worker): what stays when `record` is swept. Exports of 0.1.0 do not have these.
//! - `attempt_log`: an array of `started_ms`, `ended_ms`, `outcome`, `error`.
//! - `record`: what is kept of the request, or null once that was swept: `format`, `provider`, `identity`, `api_version`,
//!   `signed` (which of `event_id`, `event_type`, `api_version` the proof covers), `method`, `target`, `headers` (an array of
//!   name and value), `body`, `payload` (null: the body itself), `coverage`, `key_id`, `sent_ms`, `lane`, `peer`,
//!   `sealed_by` (the key that headers, body and payload are encrypted with), `edited`, `trace` (what the log calls the request).
//! - `original`: of an edited event what came in: `body`, `payload`, `coverage`, `edited_ms`, `reason`; else null.
//!
//! Bytes (`identity`, the values of headers, `body`, `payload`) are a string where they are UTF-8, else an object
//! `{"base64": "…"}`. No character stands in it that a terminal acts upon; escapes of JSON stand for them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookporter::UnixTime;
use hookporter::inbox::{EventRecord, RecordLabel};
use hookporter::operating::{Attempted, Moved, Original};
use serde::{Serialize, Serializer};

/// Text where it is that, else base64.
struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Encoded {
            base64: String,
        }
        match std::str::from_utf8(self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => Encoded { base64: STANDARD.encode(self.0) }.serialize(serializer),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Line<'a> {
    form: u32,
    number: i64,
    state: &'static str,
    endpoint: &'a str,
    tenant: Option<&'a str>,
    event_id: Option<&'a str>,
    event_type: Option<&'a str>,
    received_ms: i64,
    due_ms: Option<i64>,
    finished_ms: Option<i64>,
    attempts: u32,
    last_error: Option<&'a str>,
    identity: Option<Bytes<'a>>,
    provider: &'a str,
    api_version: Option<&'a str>,
    lane: Option<&'a str>,
    signed: Vec<&'static str>,
    claims: u64,
    attempt_log: Vec<Attempt<'a>>,
    record: Option<Record<'a>>,
    original: Option<Came<'a>>,
}

#[derive(Serialize)]
struct Attempt<'a> {
    started_ms: i64,
    ended_ms: Option<i64>,
    outcome: Option<&'a str>,
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct Record<'a> {
    format: u32,
    provider: &'a str,
    identity: Option<Bytes<'a>>,
    api_version: Option<&'a str>,
    signed: Vec<&'static str>,
    method: &'a str,
    target: &'a str,
    headers: Vec<(&'a str, Bytes<'a>)>,
    body: Bytes<'a>,
    payload: Option<Bytes<'a>>,
    coverage: &'static str,
    key_id: &'a str,
    sent_ms: Option<i64>,
    lane: Option<&'a str>,
    peer: Option<&'a str>,
    sealed_by: Option<&'a str>,
    edited: bool,
    trace: Option<String>,
}

#[derive(Serialize)]
struct Came<'a> {
    body: Bytes<'a>,
    payload: Option<Bytes<'a>>,
    coverage: &'static str,
    edited_ms: i64,
    reason: Option<&'a str>,
}

impl<'a> Line<'a> {
    pub(super) fn of(moved: &'a Moved) -> Self {
        let Moved { listed, record, .. } = moved;
        Self {
            form: 1,
            number: listed.number,
            state: listed.state.as_str(),
            endpoint: &listed.endpoint,
            tenant: listed.tenant.as_deref(),
            event_id: listed.event_id.as_deref(),
            event_type: listed.event_type.as_deref(),
            received_ms: listed.received_at.as_millis(),
            due_ms: listed.due_at.map(UnixTime::as_millis),
            finished_ms: listed.finished_at.map(UnixTime::as_millis),
            attempts: listed.attempts,
            last_error: listed.last_error.as_deref(),
            identity: record.identity.as_deref().map(Bytes),
            provider: &record.provider,
            api_version: text(record.api_version.as_ref()),
            lane: record.lane.as_deref(),
            signed: signed(record),
            claims: moved.claims,
            attempt_log: moved.attempts.iter().map(Attempt::of).collect(),
            record: moved.has_contents.then(|| Record::of(record)),
            original: moved.original.as_ref().map(Came::of),
        }
    }
}

fn text(label: Option<&RecordLabel>) -> Option<&str> {
    label.map(|label| &*label.text)
}

/// The labels that the proof covered.
fn signed(record: &EventRecord) -> Vec<&'static str> {
    let labels =
        [("event_id", &record.event_id), ("event_type", &record.event_type), ("api_version", &record.api_version)];
    let signed = |label: &Option<RecordLabel>| label.as_ref().is_some_and(|label| label.signed);
    labels.iter().filter(|(_, label)| signed(label)).map(|(name, _)| *name).collect()
}

impl<'a> Attempt<'a> {
    fn of(attempt: &'a Attempted) -> Self {
        Self {
            started_ms: attempt.started_at.as_millis(),
            ended_ms: attempt.ended_at.map(UnixTime::as_millis),
            outcome: attempt.outcome.as_deref(),
            error: attempt.error.as_deref(),
        }
    }
}

impl<'a> Record<'a> {
    fn of(record: &'a EventRecord) -> Self {
        Self {
            format: record.format,
            provider: &record.provider,
            identity: record.identity.as_deref().map(Bytes),
            api_version: text(record.api_version.as_ref()),
            // No proof covers what an editor wrote.
            signed: if record.edited { Vec::new() } else { signed(record) },
            method: &record.method,
            target: &record.target,
            headers: record.headers.iter().map(|(name, value)| (&**name, Bytes(value))).collect(),
            body: Bytes(&record.body),
            payload: record.payload.as_deref().map(Bytes),
            coverage: record.coverage.as_str(),
            key_id: &record.key_id,
            sent_ms: record.sent_at.map(UnixTime::as_millis),
            lane: record.lane.as_deref(),
            peer: record.peer.as_deref(),
            sealed_by: record.sealed_by.as_deref(),
            edited: record.edited,
            trace: record.trace.map(|trace| trace.to_string()),
        }
    }
}

impl<'a> Came<'a> {
    fn of(original: &'a Original) -> Self {
        Self {
            body: Bytes(&original.body),
            payload: original.payload.as_deref().map(Bytes),
            coverage: original.coverage.as_str(),
            edited_ms: original.edited_at.as_millis(),
            reason: original.reason.as_deref(),
        }
    }
}
