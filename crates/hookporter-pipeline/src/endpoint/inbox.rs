//! An endpoint with a durable inbox.

use crate::Endpoint;
use crate::endpoint::Mode;
use crate::inbox::{AcceptingSide, InboxHandoff};

/// Durability.
impl Endpoint {
    /// Keeps events in a durable inbox: the sender is told 2xx once the event is committed and synced, and a worker of the
    /// inbox does the work. What the store has already is a duplicate for as long as the store remembers, restarts and
    /// rotations of keys included; a dead letter that the sender delivers once more is worked again.
    ///
    /// Events of a version that the endpoint does not handle are *parked*: kept, acknowledged, and not worked until
    /// somebody releases them. Types with an [`Endpoint::on`] of their own do not go to the inbox.
    ///
    /// Default: inline, nothing is kept.
    pub fn inbox<I: AcceptingSide + Clone>(self, inbox: &I) -> Self {
        Self { mode: Mode::Inbox(InboxHandoff::new(inbox.clone())), ..self }
    }

    /// Answers 503 for versions that the endpoint does not handle, also with an inbox, which else parks such events.
    /// Default: off.
    pub fn refuse_unhandled_versions(self) -> Self {
        Self { refuse_unhandled: true, ..self }
    }

    /// The inbox that keeps events which nobody handles yet.
    pub(crate) fn parking(&self) -> Option<&InboxHandoff> {
        match &self.mode {
            Mode::Inbox(inbox) if !self.refuse_unhandled => Some(inbox),
            _ => None,
        }
    }
}
