//! One request, as one line.

use hookporter::Outcome;
use hookporter::journal::Entry;

use crate::style::{Paint, Style};
use crate::{duration, moment, output};

/// What stands above the lines of a screen.
pub(super) fn heading() -> String {
    row(["time", "endpoint", "outcome", "status", "event", "duration", "trace", "what"].map(str::to_owned))
}

/// For people: in columns, the longest part last.
pub(super) fn request(entry: &Entry, style: Style) -> String {
    let record = &entry.record;
    // The detail begins with the reason.
    let why = record.reason.map(|reason| record.detail.clone().unwrap_or_else(|| reason.as_str().to_owned()));
    let mut what: Vec<String> = why.into_iter().collect();
    what.extend([&record.event_type, &record.event_id].into_iter().flatten().cloned());
    let outcome = style.paint(paint(record.outcome), &format!("{:<11}", record.outcome.as_str()));
    row([
        moment::shown(record.at),
        output::escaped(&record.endpoint),
        outcome,
        record.status.to_string(),
        entry.event.map(|event| event.to_string()).unwrap_or_default(),
        duration::shown(record.duration),
        record.trace.to_string(),
        output::escaped(&what.join("  ")),
    ])
}

fn row([time, endpoint, outcome, status, event, duration, trace, what]: [String; 8]) -> String {
    let line = format!(
        "{time:<20}  {endpoint:<16}  {outcome:<11}  {status:<6}  {event:>7}  {duration:>9}  {trace:<16}  {what}"
    );
    line.trim_end().to_owned()
}

const fn paint(outcome: Outcome) -> Paint {
    match outcome {
        Outcome::Rejected => Paint::Bad,
        Outcome::Unavailable | Outcome::Parked => Paint::Warning,
        _ => Paint::Good,
    }
}
