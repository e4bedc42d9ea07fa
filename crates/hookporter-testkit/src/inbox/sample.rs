//! Records to fill a store with.

use std::time::Duration;

use bytes::Bytes;
use hookporter_core::{Coverage, UnixTime};
use hookporter_pipeline::TraceId;
use hookporter_pipeline::inbox::{Claim, Claimed, EventRecord, Lease, RecordLabel, WorkingSide};
use hookporter_pipeline::{BoxError, HandoffError};

/// When the suite's events arrive. A store that sweeps by a clock of its own is to have one that shows this moment.
pub const START: UnixTime = UnixTime::from_secs(1_700_000_000);
/// How long the suite's leases hold.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// A record of the endpoint `acme` with this identity, and something in every field.
#[must_use]
pub fn sample_record(identity: &str) -> EventRecord {
    let label = |text: &str, signed| Some(RecordLabel { text: text.to_owned(), signed });
    let mut record = EventRecord::new("acme", Bytes::from(format!("{{\"id\":\"{identity}\"}}\r\n\0")), START);
    record.identity = Some(identity.as_bytes().to_vec());
    record.provider = "stripe".to_owned();
    record.event_id = label(identity, true);
    record.event_type = label("invoice.paid", false);
    record.api_version = label("2025-08-27.basil", true);
    record.method = "PUT".to_owned();
    record.target = "/webhooks/acme?x=%20ü".to_owned();
    record.headers = vec![
        ("content-type".to_owned(), b"application/json; charset=utf-8".to_vec()),
        ("x-bytes".to_owned(), vec![0xff, 0xfe, b':', b' ', b'a']),
        ("x-empty".to_owned(), Vec::new()),
        ("x-twice".to_owned(), b"1".to_vec()),
        ("x-twice".to_owned(), b"2".to_vec()),
    ];
    record.payload = Some(Bytes::from_static(b"{}"));
    record.coverage = Coverage::Payload;
    record.key_id = "2026-11".to_owned();
    record.sent_at = Some(UnixTime::from_millis(1_699_999_999_123));
    record.peer = Some("203.0.113.9:4711".to_owned());
    record.trace = Some(TraceId::from_bits(0xfedc_ba98_7654_3210));
    record
}

/// A claim of at most so many events, with ten attempts each.
pub(super) const fn claim(now: UnixTime, most: usize) -> Claim {
    Claim { now, lease: LEASE, most, attempts: 10 }
}

/// The one event that is due, if it is one.
pub(super) async fn one(store: &impl WorkingSide, now: UnixTime) -> Result<Lease, BoxError> {
    let Claimed { mut leases, .. } = store.claim(claim(now, 10)).await?;
    match (leases.pop(), leases.len()) {
        (Some(lease), 0) => Ok(lease),
        (last, more) => Err(format!("{} events were lent, and not one", more.saturating_add(last.iter().len())).into()),
    }
}

/// How many events are due, without a care for what becomes of them.
pub(super) async fn due(store: &impl WorkingSide, now: UnixTime) -> Result<usize, BoxError> {
    Ok(store.claim(claim(now, 10)).await?.leases.len())
}

/// An error of the accepting side, with its cause in words.
pub(super) fn told(error: &HandoffError) -> BoxError {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    format!("{error}: {}", cause.unwrap_or_default()).into()
}
