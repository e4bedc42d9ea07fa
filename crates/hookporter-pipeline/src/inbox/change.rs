//! What an endpoint and its workers tell of the events in an inbox.

use hookporter_core::UnixTime;

/// What became of an event, for alerts of your own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// It is in the inbox, durably, and its sender is about to be told 2xx.
    Accepted,
    /// It is in the inbox, and waits for somebody to release it: parked as it came, or by its worker.
    Parked,
    /// It was a dead letter, its sender delivered it again, and it waits to be worked.
    Requeued,
    /// It is worked.
    Worked,
    /// An attempt failed; it is due again at this moment.
    Failed(UnixTime),
    /// It is a dead letter.
    Dead,
}

/// A change of an event's state. It holds no byte of the body.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Change {
    /// What became of the event.
    pub kind: ChangeKind,
    /// The event's number in the store, where a worker tells.
    pub number: Option<i64>,
    /// Which attempt it was, counted from 1; 0 before the first.
    pub attempt: u32,
    /// The endpoint's name.
    pub endpoint: String,
    /// The tenant, where the endpoint has tenants.
    pub tenant: Option<String>,
    /// The event id.
    pub event_id: Option<String>,
    /// The event type.
    pub event_type: Option<String>,
    /// The last error, one line.
    pub error: Option<String>,
}
