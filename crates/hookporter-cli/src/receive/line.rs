//! One request, as one line.

use hookporter::core::KeyId;
use hookporter::{Event, Outcome, Reason, Record};
use serde::Serialize;

use crate::style::{Paint, Style};
use crate::{duration, output};

/// For programs: a field that is not known is null.
pub(super) fn json(record: &Record) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        outcome: &'a str,
        status: u16,
        reason: Option<&'a str>,
        detail: Option<&'a str>,
        provider: &'a str,
        event_id: Option<&'a str>,
        event_type: Option<&'a str>,
        api_version: Option<&'a str>,
        key_id: Option<&'a str>,
        body_bytes: usize,
        duration_us: u64,
    }
    output::json(&Line {
        outcome: record.outcome.as_str(),
        status: record.status,
        reason: record.reason.map(Reason::as_str),
        detail: record.detail.as_deref(),
        provider: &record.provider,
        event_id: record.event_id.as_deref(),
        event_type: record.event_type.as_deref(),
        api_version: record.api_version.as_deref(),
        key_id: record.key_id.as_ref().map(KeyId::as_str),
        body_bytes: record.body_bytes,
        duration_us: duration::micros(record.duration),
    })
}

/// For people: what happened, to what, and why.
pub(super) fn human(record: &Record, style: Style) -> String {
    let paint = match record.outcome {
        Outcome::Rejected => Paint::Bad,
        Outcome::Unavailable | Outcome::Parked => Paint::Warning,
        _ => Paint::Good,
    };
    let outcome = style.paint(paint, &format!("{:<9}", record.outcome.as_str()));
    let mut fields = vec![record.status.to_string(), record.provider.to_string()];
    fields.extend(record.detail.clone());
    fields.extend([&record.event_type, &record.event_id].into_iter().flatten().cloned());
    if matches!(record.reason, Some(Reason::VersionNotHandled)) {
        fields.push(
            record.api_version.as_ref().map_or_else(|| "no version".to_owned(), |text| format!("version {text}")),
        );
    }
    if !matches!(record.outcome, Outcome::Rejected | Outcome::Unavailable) {
        fields.extend(record.key_id.as_ref().map(|key| format!("key {key}")));
        fields.push(format!("{} B", record.body_bytes));
        fields.push(duration::shown(record.duration));
    }
    format!("{outcome}  {}", output::escaped(&fields.join("  ")))
}

/// An event that is worked, for programs.
pub(super) fn worked_json(event: &Event) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        worked: Option<i64>,
        attempt: u32,
        provider: &'a str,
        event_id: Option<&'a str>,
        event_type: Option<&'a str>,
        body_bytes: usize,
        edited: bool,
    }
    output::json(&Line {
        worked: event.number(),
        attempt: event.attempt(),
        provider: event.provider(),
        event_id: event.id(),
        event_type: event.event_type(),
        body_bytes: event.body().len(),
        edited: event.is_edited(),
    })
}

/// An event that is worked, for people: in the columns of the requests.
pub(super) fn worked_human(event: &Event) -> String {
    let mut fields = vec![format!("{:<9}", "worked"), "   ".to_owned(), event.provider().to_owned()];
    fields.extend([event.event_type(), event.id()].into_iter().flatten().map(str::to_owned));
    fields.push(format!("event {}", event.number().unwrap_or_default()));
    if event.attempt() > 1 {
        fields.push(format!("attempt {}", event.attempt()));
    }
    if event.is_edited() {
        fields.push("edited".to_owned());
    }
    fields.push(format!("{} B", event.body().len()));
    output::escaped(&fields.join("  "))
}
