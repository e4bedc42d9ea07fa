//! What an erasure did.

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "the log may still have what was erased"]
#[non_exhaustive]
pub enum Erased {
    /// No byte of so many events is left: not in the file, not in its free pages, not in its log.
    Everywhere {
        /// How many events; 0: there was none.
        events: usize,
    },
    /// So many events are gone from the file, but its log still has what it had of them, since another program reads the file
    /// in a transaction of its own. The log is emptied by itself once that has ended, or when the inbox is closed.
    ButInTheLog {
        /// How many events.
        events: usize,
    },
}

impl Erased {
    /// How many events were erased.
    #[must_use]
    pub const fn events(self) -> usize {
        match self {
            Self::Everywhere { events } | Self::ButInTheLog { events } => events,
        }
    }
}
