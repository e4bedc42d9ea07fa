//! What workers tell of the events that they work.

use hookporter_core::UnixTime;

/// What became of an event, for alerts of your own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
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
    /// The event's number in the store.
    pub number: i64,
    /// Which attempt it was, counted from 1.
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
