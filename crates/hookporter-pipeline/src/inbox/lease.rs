//! A lease: an event that one worker may work, for a time.

use crate::inbox::EventRecord;

/// Which lease: the event's number in the store, and its epoch.
///
/// Each claim raises the epoch. Whatever an older epoch says of the event is refused, so that a worker which hung and
/// wakes up late cannot undo what another one did meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a name for a lease, made by stores")]
pub struct LeaseId {
    /// The event's number in the store: ascending in the order of acceptance.
    pub number: i64,
    /// How often the event was claimed.
    pub epoch: i64,
}

/// An event that is lent to a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what a claim gives, made by stores")]
pub struct Lease {
    /// Which lease.
    pub id: LeaseId,
    /// Which attempt this is: 1 for the first. It was written down before the lease was given.
    pub attempt: u32,
    /// The event.
    pub record: EventRecord,
}

/// Whether a word of a worker about its lease counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "it counted or it did not")]
pub enum Settled {
    /// It counted.
    Done,
    /// The lease was over and the event is another's, or gone: nothing was changed.
    Fenced,
}
