//! Why a store did not do what it was asked.

use std::fmt;

use crate::handoff::HandoffError;
use crate::inbox::InboxError;

/// Why something was not done, in words that can be told to many.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "a store handles each or does not compile")]
pub enum Fault {
    /// The queue is full.
    Full,
    /// The inbox is closed.
    Closed,
    /// The server failed, or cannot be reached.
    Store(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the queue of the inbox is full"),
            Self::Closed => f.write_str("the inbox is closed"),
            Self::Store(error) => f.write_str(error),
        }
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for HandoffError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Full => Self::full(),
            fault => Self::failed(fault),
        }
    }
}

impl From<Fault> for InboxError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Closed => Self::closed(),
            fault => Self::new(fault),
        }
    }
}
