//! An event that comes out of a store.

use bytes::Bytes;
use hookporter_core::{Coverage, KeyId, UnixTime};

use crate::Event;

/// What a store kept of a delivery.
pub(crate) struct Kept {
    pub(crate) body: Bytes,
    pub(crate) payload: Option<Bytes>,
    pub(crate) coverage: Coverage,
    pub(crate) key: KeyId,
    pub(crate) received: UnixTime,
    pub(crate) sent: Option<UnixTime>,
    /// What identifies the event within endpoint and tenant.
    pub(crate) identity: Option<Vec<u8>>,
    /// The event's number in the store.
    pub(crate) number: i64,
    pub(crate) attempt: u32,
    /// Somebody has changed the body since.
    pub(crate) edited: bool,
}

/// Out of an inbox.
impl Event {
    /// Which attempt to work this event this is: 1 for the first, and for one that comes out of no inbox.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.origin_in_store().map_or(1, |kept| kept.attempt)
    }

    /// The number of the event in its inbox, ascending in the order of acceptance: one and the same for every attempt.
    /// `None` for an event that comes out of no inbox.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        self.origin_in_store().map(|kept| kept.number)
    }

    /// Whether somebody has changed the body in the inbox since it came in: no proof covers what it says now, and its labels
    /// are hints.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        self.origin_in_store().is_some_and(|kept| kept.edited)
    }
}
