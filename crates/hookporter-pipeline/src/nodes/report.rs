//! What a node writes down of its endpoints: small, and bounded.

use hookporter_core::UnixTime;
use serde::{Deserialize, Serialize};

use crate::health::{Alarm, EndpointState, Health, Light, Totals};

/// How many endpoints a node writes down.
pub(super) const MOST_ENDPOINTS: usize = 200;
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
