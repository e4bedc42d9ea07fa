//! Metrics by the `metrics` crate: whoever installs a recorder (Prometheus, OpenTelemetry, StatsD) gets them. Install it
//! before the first request: what is counted often is looked up once.
//!
//! | name | kind | labels |
//! |---|---|---|
//! | `hookporter_requests_total` | counter | `endpoint`, `outcome`, `reason` (empty where it was taken) |
//! | `hookporter_acknowledgement_seconds` | histogram | `endpoint`, `outcome`: from the head to the answer |
//! | `hookporter_body_bytes_total` | counter | `endpoint` |
//! | `hookporter_attempts_total` | counter | `endpoint`, `outcome`: `worked`, `failed`, `dead`, `parked` |
//! | `hookporter_attempt_seconds` | histogram | `endpoint`, `outcome`: `worked`, `failed` |
//! | `hookporter_inbox_events` | gauge | `endpoint`, `state`: `waiting`, `dead`, `parked` |
//! | `hookporter_inbox_oldest_seconds` | gauge | `endpoint`: how long ago the event came that has been due for the longest time |
//!
//! The gauges are set whenever somebody looks at the endpoint's health, as a [`HealthWatch`](crate::health::HealthWatch) does each
//! second, from what the inbox saw a few seconds ago. They tell of the whole inbox: endpoints that share one have the same numbers,
//! so take the maximum of them and not the sum. Counting ends at 10,000.
//!
//! Every label has few values: endpoints are configured, outcomes and reasons are lists of this crate. Nothing that a sender
//! says becomes one.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hookporter_core::Reason;
use metrics::{
    Counter, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use crate::inbox::{ChangeKind, InboxDepth};
use crate::outcome::Outcome;

const REQUESTS: &str = "hookporter_requests_total";
const ACKNOWLEDGEMENT: &str = "hookporter_acknowledgement_seconds";
const BODY: &str = "hookporter_body_bytes_total";

const ATTEMPTS: &str = "hookporter_attempts_total";
const ATTEMPT: &str = "hookporter_attempt_seconds";

const INBOX: &str = "hookporter_inbox_events";
const OLDEST: &str = "hookporter_inbox_oldest_seconds";

/// Tells the recorder what each metric means and in which unit it is. Call it once a recorder is installed; without it
/// they work, and are unnamed.
pub fn describe_metrics() {
    describe_counter!(REQUESTS, "Webhook requests, by endpoint, outcome and reason.");
    describe_histogram!(ACKNOWLEDGEMENT, Unit::Seconds, "From the head of a request to its answer.");
    describe_counter!(BODY, Unit::Bytes, "Bytes of bodies that arrived.");
    describe_counter!(ATTEMPTS, "Attempts of workers, by endpoint and what became of the event.");
    describe_histogram!(ATTEMPT, Unit::Seconds, "How long the function of a worker took.");
    describe_gauge!(
        INBOX,
        "Events in the endpoint's inbox that wait, are dead letters, or are parked; up to 10,000 of each."
    );
    describe_gauge!(OLDEST, Unit::Seconds, "How long ago the event came that has been due for the longest time.");
}

/// The metrics of one endpoint, looked up when they are first used.
#[derive(Default)]
pub(crate) struct Meters {
    taken: [OnceLock<Counter>; Outcome::ALL.len()],
    answered: [OnceLock<Histogram>; Outcome::ALL.len()],
    body: OnceLock<Counter>,
}

impl Meters {
    pub(crate) fn request(
        &self,
        endpoint: &Arc<str>,
        outcome: Outcome,
        reason: Option<Reason>,
        duration: Duration,
        body_bytes: usize,
    ) {
        let at = outcome.index();
        if let Some(answered) = self.answered.get(at) {
            answered.get_or_init(|| answers(endpoint, outcome)).record(duration.as_secs_f64());
        }
        match (reason, self.taken.get(at)) {
            (None, Some(taken)) => taken.get_or_init(|| requests(endpoint, outcome, "")).increment(1),
            (reason, _) => requests(endpoint, outcome, reason.map_or("", Reason::as_str)).increment(1),
        }
        let body = self.body.get_or_init(|| counter!(BODY, "endpoint" => endpoint.clone()));
        body.increment(u64::try_from(body_bytes).unwrap_or(u64::MAX));
    }
}

/// A panic of the recorder is its own affair.
pub(crate) fn caught(count: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(count)).is_err() {
        tracing::error!(target: "hookporter", "the recorder of metrics panicked");
    }
}

/// Counts an attempt of a worker by what became of its event.
pub(crate) fn attempt(endpoint: &str, kind: ChangeKind) {
    let outcome = match kind {
        ChangeKind::Worked => "worked",
        ChangeKind::Failed(_) => "failed",
        ChangeKind::Dead => "dead",
        ChangeKind::Parked => "parked",
        _ => return,
    };
    caught(|| counter!(ATTEMPTS, "endpoint" => endpoint.to_owned(), "outcome" => outcome).increment(1));
}

/// Notes how much waits in an endpoint's inbox.
pub(crate) fn inbox(endpoint: &Arc<str>, depth: &InboxDepth) {
    caught(|| {
        for (state, count) in [("waiting", depth.waiting), ("dead", depth.dead), ("parked", depth.parked)] {
            // Counting ends long before a number has no `f64`.
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            gauge!(INBOX, "endpoint" => endpoint.clone(), "state" => state).set(count);
        }
        let oldest = depth.oldest_age().unwrap_or_default();
        gauge!(OLDEST, "endpoint" => endpoint.clone()).set(oldest.as_secs_f64());
    });
}

/// Notes how long the function of a worker took.
pub(crate) fn took(endpoint: &str, worked: bool, duration: Duration) {
    let outcome = if worked { "worked" } else { "failed" };
    caught(|| {
        histogram!(ATTEMPT, "endpoint" => endpoint.to_owned(), "outcome" => outcome).record(duration.as_secs_f64());
    });
}

fn requests(endpoint: &Arc<str>, outcome: Outcome, reason: &'static str) -> Counter {
    counter!(REQUESTS, "endpoint" => endpoint.clone(), "outcome" => outcome.as_str(), "reason" => reason)
}

fn answers(endpoint: &Arc<str>, outcome: Outcome) -> Histogram {
    histogram!(ACKNOWLEDGEMENT, "endpoint" => endpoint.clone(), "outcome" => outcome.as_str())
}

impl fmt::Debug for Meters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meters")
    }
}
