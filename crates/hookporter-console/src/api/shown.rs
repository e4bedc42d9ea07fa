//! Things of a store as JSON: times as RFC 3339 in UTC, no byte of a body, no proof.

use hookporter_core::{Rejection, UnixTime};
use hookporter_pipeline::inbox::{EventRecord, RecordLabel};
use hookporter_pipeline::operating::{
    Attempted, Listed, Original, RefusedListed, RefusedRequest, Replay, Replayed, Stats,
};
use serde_json::{Value, json};

use crate::look::{Key, Whole};

fn moment(moment: Option<UnixTime>) -> Option<String> {
    moment.map(|moment| moment.to_string())
}

pub(super) fn listed(event: &Listed) -> Value {
    json!({
        "number": event.number,
        "state": event.state,
        "endpoint": event.endpoint,
        "tenant": event.tenant,
        "event_id": event.event_id,
        "event_type": event.event_type,
        "received_at": event.received_at.to_string(),
        "due_at": moment(event.due_at),
        "finished_at": moment(event.finished_at),
        "attempts": event.attempts,
        "last_error": event.last_error,
    })
}

pub(super) fn event(whole: &Whole) -> Value {
    json!({
        "event": listed(&whole.listed),
        "contents": whole.record.as_ref().map(contents),
        "attempts": whole.attempts.iter().map(attempt).collect::<Vec<_>>(),
        "original": whole.original.as_ref().map(original),
        "requests": whole.requests.iter().map(|entry| &**entry).collect::<Vec<_>>(),
    })
}

/// What is kept of the request that brought it, without the bytes.
fn contents(record: &EventRecord) -> Value {
    let headers: Vec<_> = record.headers.iter().map(|(name, value)| (name, String::from_utf8_lossy(value))).collect();
    json!({
        "provider": record.provider,
        "event_id": record.event_id.as_ref().map(label),
        "event_type": record.event_type.as_ref().map(label),
        "api_version": record.api_version.as_ref().map(label),
        "method": record.method,
        "target": record.target,
        "headers": headers,
        "body_bytes": record.body.len(),
        "payload_bytes": record.payload.as_ref().map(bytes::Bytes::len),
        "coverage": record.coverage.as_str(),
        "key_id": record.key_id,
        "sent_at": moment(record.sent_at),
        "lane": record.lane,
        "peer": record.peer,
        "trace": record.trace.map(|trace| trace.to_string()),
        "sealed_by": record.sealed_by,
        "edited": record.edited,
    })
}

fn label(label: &RecordLabel) -> Value {
    json!({ "text": label.text, "signed": label.signed })
}

fn attempt(attempt: &Attempted) -> Value {
    json!({
        "started_at": attempt.started_at.to_string(),
        "ended_at": moment(attempt.ended_at),
        "outcome": attempt.outcome,
        "error": attempt.error,
    })
}

fn original(original: &Original) -> Value {
    json!({
        "body_bytes": original.body.len(),
        "payload_bytes": original.payload.as_ref().map(bytes::Bytes::len),
        "coverage": original.coverage.as_str(),
        "edited_at": original.edited_at.to_string(),
        "reason": original.reason,
    })
}

pub(super) fn replay(replay: &Replay) -> Value {
    json!({
        "number": replay.number,
        "started_at": replay.started_at.to_string(),
        "reason": replay.reason,
        "events": replay.events,
    })
}

pub(super) fn replayed(event: &Replayed) -> Value {
    json!({
        "event": event.event,
        "verdict": event.verdict.as_str(),
        "state": event.state,
        "endpoint": event.endpoint,
        "event_id": event.event_id,
        "event_type": event.event_type,
        "error": event.error,
    })
}

pub(super) fn stats(stats: &Stats) -> Value {
    json!({
        "waiting": stats.waiting,
        "working": stats.working,
        "done": stats.done,
        "dead": stats.dead,
        "parked": stats.parked,
        "oldest_undone": moment(stats.oldest_undone),
        "file_bytes": stats.file_bytes,
        "used_bytes": stats.used_bytes,
        "free_bytes": stats.free_bytes,
        "log_bytes": stats.log_bytes,
    })
}

pub(super) fn key(key: &Key) -> Value {
    json!({
        "endpoint": key.endpoint,
        "id": key.id.as_str(),
        "last_used": key.last_used.to_string(),
        "idle_seconds": key.idle.as_secs(),
        "safe_to_remove": key.is_spent,
    })
}

pub(super) fn refused(request: &RefusedListed) -> Value {
    json!({
        "number": request.number,
        "trace": request.trace.to_string(),
        "endpoint": request.endpoint,
        "reason": request.reason.as_str(),
        "detail": request.detail,
        "arrived_at": request.arrived_at.to_string(),
        "judged_at": moment(request.judged_at),
        "reached_proof": request.reached_proof,
        "body_bytes": request.body_bytes,
    })
}

/// Whether a proof would hold now.
pub(super) fn judged(judged: &Result<(), Rejection>) -> Value {
    match judged {
        Ok(()) => json!({ "holds": true }),
        Err(rejection) => {
            json!({ "holds": false, "reason": rejection.kind().as_str(), "detail": rejection.to_string() })
        }
    }
}

/// Why it does not, the surest cause first.
#[cfg(feature = "diagnosis")]
pub(super) fn diagnosed(causes: &[hookporter_core::diagnosis::Diagnosis]) -> Value {
    let cause = |one: &hookporter_core::diagnosis::Diagnosis| json!({ "cause": one.cause.as_str(), "certainty": one.certainty.as_str(), "message": one.to_string() });
    json!({ "causes": causes.iter().map(cause).collect::<Vec<_>>() })
}

/// A refused request may hold a secret as it came: some senders' proof is the secret itself, in a header or in the query. So of
/// a header its name and length are shown, and of the target its path.
pub(super) fn refused_request(number: i64, request: &RefusedRequest) -> Value {
    let header = |(name, value): &(String, Vec<u8>)| json!({ "name": name, "bytes": value.len() });
    json!({
        "number": number,
        "trace": request.trace.to_string(),
        "endpoint": request.endpoint,
        "reason": request.reason.as_str(),
        "detail": request.detail,
        "arrived_at": request.arrived_at.to_string(),
        "reached_proof": request.reached_proof,
        "sealed_by": request.sealed_by,
        "method": request.method,
        "path": request.target.split('?').next(),
        "headers": request.headers.iter().map(header).collect::<Vec<_>>(),
        "body_bytes": request.body.len(),
        "peer": request.peer.map(|peer| peer.to_string()),
    })
}
