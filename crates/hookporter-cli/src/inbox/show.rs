//! Events of an inbox, for people and for programs.

use hookporter::UnixTime;
use hookporter::inbox::{EventRecord, RecordLabel};
use hookporter::nodes::Said;
use hookporter::operating::{Attempted, Listed, Original, Stats};
use serde::Serialize;
use serde_json::json;

use super::pause;
use crate::{duration, moment, output};

/// A line for each event.
pub(super) fn list(events: &[Listed], now: UnixTime, as_json: bool) {
    if as_json {
        return events.iter().for_each(|event| output::say(&output::json(&facts(event))));
    }
    if events.is_empty() {
        return output::say("no such event");
    }
    output::say(&row(
        ["number", "state", "endpoint", "type", "id", "received", "attempts", "last error"].map(str::to_owned)
    ));
    for event in events {
        output::say(&row([
            event.number.to_string(),
            event.state.to_string(),
            output::escaped(&event.endpoint),
            text(event.event_type.as_deref()),
            text(event.event_id.as_deref()),
            ago(event.received_at, now),
            event.attempts.to_string(),
            text(event.last_error.as_deref()),
        ]));
    }
}

fn row([number, state, endpoint, kind, id, received, attempts, error]: [String; 8]) -> String {
    let line =
        format!("{number:>8}  {state:<8} {endpoint:<18} {kind:<28} {id:<34} {received:<12} {attempts:>8}  {error}");
    line.trim_end().to_owned()
}

fn text(text: Option<&str>) -> String {
    text.map(output::escaped).unwrap_or_default()
}

/// How long ago, in the largest unit that there is one of.
fn ago(moment: UnixTime, now: UnixTime) -> String {
    format!("{} ago", duration::rough(now.since(moment)))
}

/// All that is known of an event.
pub(super) struct Event<'a> {
    pub(super) listed: &'a Listed,
    pub(super) record: &'a EventRecord,
    pub(super) attempts: &'a [Attempted],
    /// What came in, where it was edited.
    pub(super) original: Option<&'a Original>,
}

/// Everything but the body.
pub(super) fn event(event: &Event<'_>, as_json: bool) {
    if as_json { event_for_programs(event) } else { event_for_people(event) }
}

fn event_for_programs(event: &Event<'_>) {
    let record = event.record;
    let headers: Vec<_> = record.headers.iter().map(|(name, value)| (name, String::from_utf8_lossy(value))).collect();
    let attempts: Vec<_> = event.attempts.iter().map(Attempt::of).collect();
    let original = event.original.map(|original| {
        json!({
            "coverage": original.coverage.as_str(), "body_bytes": original.body.len(),
            "edited_at": original.edited_at.as_secs(), "reason": original.reason,
        })
    });
    let more = json!({
        "method": record.method, "target": record.target, "headers": headers, "coverage": record.coverage.as_str(),
        "key_id": record.key_id, "body_bytes": record.body.len(), "lane": record.lane, "sealed_by": record.sealed_by,
        "edited": record.edited, "original": original, "attempt_log": attempts,
    });
    output::say(&output::json(&Whole { event: facts(event.listed), more }));
}

fn event_for_people(event: &Event<'_>) {
    let (listed, record) = (event.listed, event.record);
    let say = |name: &str, text: &str| output::say(&format!("  {name:<12} {}", output::escaped(text)));
    let edited = if record.edited { ", edited" } else { "" };
    output::say(&format!("event {}, {}{edited}", listed.number, listed.state));
    say("endpoint", &record.endpoint);
    record.tenant.iter().for_each(|tenant| say("tenant", tenant));
    for (name, label) in [("id", &record.event_id), ("type", &record.event_type), ("version", &record.api_version)] {
        label.iter().for_each(|label| say(name, &standing(label)));
    }
    record.lane.iter().for_each(|lane| say("lane", lane));
    say("received", &moment::shown(record.received_at));
    listed.due_at.iter().for_each(|due| say("due", &moment::shown(*due)));
    say("request", &format!("{} {}", record.method, record.target));
    for (name, value) in &record.headers {
        say("header", &format!("{name}: {}", String::from_utf8_lossy(value)));
    }
    record.sealed_by.iter().for_each(|key| say("encrypted", &format!("with key {key}")));
    say("proven", &format!("{} by key {}", record.coverage.as_str(), record.key_id));
    let writes = format!("`hookporter inbox payload {}", listed.number);
    say("body", &format!("{} bytes; {writes}` writes them", record.body.len()));
    if let Some(original) = event.original {
        let reason = original.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        say("edited", &format!("{}{reason}", moment::shown(original.edited_at)));
        let (bytes, coverage) = (original.body.len(), original.coverage.as_str());
        say("original", &format!("{bytes} bytes, proven {coverage}; {writes} --original` writes them"));
    }
    event.attempts.iter().for_each(|attempt| say("attempt", &attempted(attempt)));
}

fn attempted(attempt: &Attempted) -> String {
    let ended = attempt.ended_at.map_or_else(
        || "under way".to_owned(),
        |end| {
            let outcome = attempt.outcome.as_deref().unwrap_or("ended");
            format!("{outcome} after {}", duration::shown(end.since(attempt.started_at)))
        },
    );
    let error = attempt.error.as_deref().map(|error| format!(": {error}")).unwrap_or_default();
    format!("{}, {ended}{error}", moment::shown(attempt.started_at))
}

fn standing(label: &RecordLabel) -> String {
    if label.signed { label.text.clone() } else { format!("{} (a hint: the proof does not cover it)", label.text) }
}

/// How much an inbox holds, and what was said for all nodes of one that several share.
pub(super) fn stats(stats: &Stats, said: Option<&[Said]>, as_json: bool) {
    let counts = [
        ("waiting", stats.waiting),
        ("working", stats.working),
        ("done", stats.done),
        ("dead", stats.dead),
        ("parked", stats.parked),
        ("file_bytes", stats.file_bytes),
        ("used_bytes", stats.used_bytes),
        ("free_bytes", stats.free_bytes),
        ("log_bytes", stats.log_bytes),
    ];
    let oldest = stats.oldest_undone.map(UnixTime::as_secs);
    if as_json {
        let mut all: serde_json::Map<_, _> =
            counts.iter().map(|(name, count)| ((*name).to_owned(), (*count).into())).collect();
        all.insert("oldest_undone".to_owned(), oldest.into());
        all.extend(said.map(pause::members).into_iter().flatten().map(|(name, value)| (name.to_owned(), value)));
        return output::say(&output::json(&all));
    }
    counts.iter().for_each(|(name, count)| output::say(&format!("{name:<13} {count}")));
    oldest
        .iter()
        .for_each(|oldest| output::say(&format!("oldest_undone {}", moment::shown(UnixTime::from_secs(*oldest)))));
    pause::below(said.unwrap_or_default());
}

/// How many events were mended.
pub(super) fn mended(count: usize, as_json: bool) -> String {
    let counted = counted(count, as_json);
    // The file has it at once.
    if as_json || count == 0 { counted } else { format!("{counted}; a running server takes it up within a second") }
}

/// How many events there were.
pub(super) fn counted(count: usize, as_json: bool) -> String {
    match (as_json, count) {
        (true, _) => output::json(&json!({ "events": count })),
        (false, 1) => "1 event".to_owned(),
        (false, _) => format!("{count} events"),
    }
}

/// An event and what is kept of it.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    event: Facts<'a>,
    #[serde(flatten)]
    more: serde_json::Value,
}

/// An event, for programs: times in Unix seconds.
#[derive(Serialize)]
struct Facts<'a> {
    number: i64,
    state: &'static str,
    endpoint: &'a str,
    tenant: Option<&'a str>,
    event_id: Option<&'a str>,
    event_type: Option<&'a str>,
    received_at: i64,
    due_at: Option<i64>,
    attempts: u32,
    last_error: Option<&'a str>,
}

fn facts(event: &Listed) -> Facts<'_> {
    Facts {
        number: event.number,
        state: event.state.as_str(),
        endpoint: &event.endpoint,
        tenant: event.tenant.as_deref(),
        event_id: event.event_id.as_deref(),
        event_type: event.event_type.as_deref(),
        received_at: event.received_at.as_secs(),
        due_at: event.due_at.map(UnixTime::as_secs),
        attempts: event.attempts,
        last_error: event.last_error.as_deref(),
    }
}

#[derive(Serialize)]
struct Attempt<'a> {
    started_at: i64,
    ended_at: Option<i64>,
    outcome: Option<&'a str>,
    error: Option<&'a str>,
}

impl<'a> Attempt<'a> {
    fn of(attempt: &'a Attempted) -> Self {
        Self {
            started_at: attempt.started_at.as_secs(),
            ended_at: attempt.ended_at.map(UnixTime::as_secs),
            outcome: attempt.outcome.as_deref(),
            error: attempt.error.as_deref(),
        }
    }
}
