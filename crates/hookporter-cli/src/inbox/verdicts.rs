//! Replays and verdicts, for people and for programs.

use hookporter::UnixTime;
use hookporter::operating::{Replay, Replayed};
use serde_json::json;

use super::show::counted;
use crate::{moment, output};

/// The number of a replay that was just begun.
pub(super) fn begun(number: i64, events: usize, as_json: bool) {
    output::say(&if as_json {
        output::json(&json!({ "replay": number, "events": events }))
    } else {
        format!("replay {number}: {}; a running server takes it up within a second", counted(events, false))
    });
}

/// A line for each replay.
pub(super) fn list(replays: &[Replay], as_json: bool) {
    if replays.is_empty() && !as_json {
        return output::say("no replay");
    }
    for replay in replays {
        output::say(&if as_json {
            output::json(&json!({
                "replay": replay.number, "events": replay.events, "started_at": UnixTime::as_secs(replay.started_at),
                "reason": replay.reason,
            }))
        } else {
            let reason = replay.reason.as_deref().map(output::escaped).unwrap_or_default();
            let line = format!(
                "{:>8}  {}  {:>8} events  {reason}",
                replay.number,
                moment::shown(replay.started_at),
                replay.events
            );
            line.trim_end().to_owned()
        });
    }
}

/// A line for an event of a replay.
pub(super) fn line(one: &Replayed, as_json: bool) {
    output::say(&if as_json {
        output::json(&json!({
            "number": one.event, "verdict": one.verdict.as_str(), "state": one.state.as_str(), "endpoint": one.endpoint,
            "event_id": one.event_id, "event_type": one.event_type, "error": one.error,
        }))
    } else {
        let text = |text: &Option<String>| text.as_deref().map(output::escaped).unwrap_or_default();
        let line = format!(
            "{:>8}  {:<13}  {:<8} {:<18} {:<28} {:<34} {}",
            one.event,
            one.verdict.to_string(),
            one.state.as_str(),
            output::escaped(&one.endpoint),
            text(&one.event_type),
            text(&one.event_id),
            text(&one.error)
        );
        line.trim_end().to_owned()
    });
}

/// The last line.
pub(super) fn counts(number: i64, counts: &[(&'static str, usize)], as_json: bool) {
    output::say(&if as_json {
        let mut all: serde_json::Map<_, _> =
            counts.iter().map(|(word, count)| ((*word).to_owned(), (*count).into())).collect();
        all.insert("replay".to_owned(), number.into());
        output::json(&all)
    } else {
        let parts: Vec<_> = counts.iter().filter(|(_, count)| *count > 0).collect();
        let parts: Vec<_> = parts.iter().map(|(word, count)| format!("{count} {}", word.replace('-', " "))).collect();
        format!("replay {number}: {}", parts.join(", "))
    });
}
