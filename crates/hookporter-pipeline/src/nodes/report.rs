//! What a node writes down of its endpoints: small, and bounded.

use hookporter_core::UnixTime;
use serde::{Deserialize, Serialize};

use crate::health::{Alarm, EndpointState, Health, Light, Totals};

/// How many endpoints a node writes down.
const MOST_ENDPOINTS: usize = 200;
/// How many bytes it writes.
const MOST_BYTES: usize = 256 * 1024;
/// How many alarms of an endpoint.
const MOST_ALARMS: usize = 5;
/// How many letters of a text.
const MOST_LETTERS: usize = 300;

/// How an endpoint fares on a node, as that node wrote it down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EndpointReport {
    /// The endpoint's name.
    pub endpoint: String,
    /// The provider's id, or `custom`.
    pub provider: String,
    /// What it is doing.
    pub state: EndpointState,
    /// The worst of the alarms.
    pub light: Light,
    /// What is wrong, the worst first; five at the most.
    pub alarms: Vec<AlarmReport>,
    /// Requests since the node started.
    pub totals: Totals,
    /// Errors since the last event.
    pub errors_in_a_row: u64,
    /// Why the last error was one.
    pub last_error: Option<String>,
    /// When an event was last accepted, or known already, by the node's clock; in milliseconds since 1970.
    pub last_accepted: Option<i64>,
}

/// What is wrong with an endpoint on a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AlarmReport {
    /// The alarm as a word.
    pub alarm: String,
    /// How bad it is.
    pub light: Light,
    /// The alarm in words.
    pub message: String,
}

impl EndpointReport {
    pub(crate) fn of(health: &Health) -> Self {
        Self {
            endpoint: cut(&health.endpoint),
            provider: cut(health.provider),
            state: health.state,
            light: health.light,
            alarms: health.alarms.iter().take(MOST_ALARMS).map(AlarmReport::of).collect(),
            totals: health.totals,
            errors_in_a_row: health.errors_in_a_row,
            last_error: health.last_error.as_ref().map(|error| cut(&error.detail)),
            last_accepted: health.last_accepted.map(UnixTime::as_millis),
        }
    }

    /// As many of them as a node writes down, as JSON.
    pub(super) fn written(reports: impl Iterator<Item = Self>) -> String {
        let mut text = String::from("[");
        for report in reports.take(MOST_ENDPOINTS) {
            // Texts and numbers only: there is nothing in it that cannot be written.
            let Ok(report) = serde_json::to_string(&report) else { continue };
            if text.len().saturating_add(report.len()) > MOST_BYTES {
                break;
            }
            if text.len() > 1 {
                text.push(',');
            }
            text.push_str(&report);
        }
        text.push(']');
        text
    }

    /// Those of a node, as it wrote them; without those that a newer release writes in words that this one does not know.
    pub(crate) fn read(text: &str) -> Vec<Self> {
        let all: Vec<serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
        let known = all.into_iter().filter_map(|one| serde_json::from_value(one).ok());
        known.take(MOST_ENDPOINTS).collect()
    }
}

impl AlarmReport {
    fn of(alarm: &Alarm) -> Self {
        Self { alarm: alarm.as_str().to_owned(), light: alarm.light(), message: cut(&alarm.to_string()) }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_writes_is_bounded_and_can_be_read() {
        let mut health =
            crate::Endpoint::github(hookporter_core::Secret::new("long enough a secret")).unwrap().health();
        let alarm = |text: &str| {
            let message = text.repeat(50_000);
            let cause =
                crate::health::LikelyCause { at: UnixTime::from_secs(0), cause: "x".into(), is_proven: true, message };
            Alarm::OwnFault(cause)
        };
        health.alarms = vec![alarm("ü\"\0"); 50];
        let report = EndpointReport::of(&health);
        assert_eq!((report.alarms.len(), report.alarms[0].message.chars().count()), (MOST_ALARMS, MOST_LETTERS));
        let text = EndpointReport::written(std::iter::repeat_n(report.clone(), 1000));
        assert!(text.len() <= MOST_BYTES + 1 && text.len() > MOST_BYTES / 2, "{}", text.len());
        let read = EndpointReport::read(&text);
        assert!(read.len() > 20 && read.iter().all(|read| *read == report));
        health.alarms.clear();
        let small = EndpointReport::written(std::iter::repeat_n(EndpointReport::of(&health), 1000));
        assert_eq!(EndpointReport::read(&small).len(), MOST_ENDPOINTS);
        assert_eq!(EndpointReport::written(std::iter::empty()), "[]");
    }
}
