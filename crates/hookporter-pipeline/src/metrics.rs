//! Metrics by the `metrics` crate: whoever installs a recorder (Prometheus, OpenTelemetry, StatsD) gets them.
//!
//! | name | kind | labels |
//! |---|---|---|
//! | `hookporter_requests_total` | counter | `endpoint`, `outcome`, `reason` (empty where it was taken) |
//! | `hookporter_acknowledgement_seconds` | histogram | `endpoint`, `outcome`: from the head to the answer |
//! | `hookporter_body_bytes_total` | counter | `endpoint` |
//!
//! Every label has few values: endpoints are configured, outcomes and reasons are lists of this crate. Nothing that a sender
//! says becomes one.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::Reason;
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

use crate::outcome::Outcome;

const REQUESTS: &str = "hookporter_requests_total";
const ACKNOWLEDGEMENT: &str = "hookporter_acknowledgement_seconds";
const BODY: &str = "hookporter_body_bytes_total";

/// Tells the recorder what each metric means and in which unit it is. Call it once a recorder is installed; without it
/// they work, and are unnamed.
pub fn describe_metrics() {
    describe_counter!(REQUESTS, "Webhook requests, by endpoint, outcome and reason.");
    describe_histogram!(ACKNOWLEDGEMENT, Unit::Seconds, "From the head of a request to its answer.");
    describe_counter!(BODY, Unit::Bytes, "Bytes of bodies that arrived.");
}

pub(crate) fn request(
    endpoint: &Arc<str>,
    outcome: Outcome,
    reason: Option<Reason>,
    duration: Duration,
    body_bytes: usize,
) {
    let reason = reason.map_or("", Reason::as_str);
    let outcome = outcome.as_str();
    counter!(REQUESTS, "endpoint" => endpoint.clone(), "outcome" => outcome, "reason" => reason).increment(1);
    histogram!(ACKNOWLEDGEMENT, "endpoint" => endpoint.clone(), "outcome" => outcome).record(duration.as_secs_f64());
    counter!(BODY, "endpoint" => endpoint.clone()).increment(u64::try_from(body_bytes).unwrap_or(u64::MAX));
}
