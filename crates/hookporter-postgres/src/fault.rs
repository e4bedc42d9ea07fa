//! Why the database did not do what it was asked.

use std::fmt;

use hookporter_pipeline::HandoffError;
use hookporter_pipeline::inbox::InboxError;

/// Why something was not done.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The queue is full.
    Full,
    /// The inbox is closed.
    Closed,
    /// The database failed, or cannot be reached.
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

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolClosed => Self::Closed,
            error => Self::Store(error.to_string()),
        }
    }
}

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

/// What is to be done after a failure to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// One record of many may be the reason: each by itself.
    OneByOne,
    /// The transaction stood in the way of another one, and was undone: once more.
    Again,
    /// Whoever waits is told, and the connection is good.
    Tell,
    /// Whoever waits is told, and the connection is given up: whether it was committed is open.
    Reconnect,
}

/// What is to be done after this failure.
pub(crate) fn remedy(error: &sqlx::Error) -> Remedy {
    let sqlx::Error::Database(database) = error else {
        // What cannot be sent was not: a record that cannot be encoded.
        return if matches!(error, sqlx::Error::Encode(_)) { Remedy::OneByOne } else { Remedy::Reconnect };
    };
    let code = database.code().unwrap_or_default();
    match (code.get(..2), &*code) {
        // Wrong data, a constraint, a limit of the server's.
        (Some("22" | "23" | "54"), _) => Remedy::OneByOne,
        // A deadlock, or a serialization failure.
        (Some("40"), _) => Remedy::Again,
        // No room, or a lock that somebody held for too long.
        (Some("53"), _) | (_, "55P03" | "57014") => Remedy::Tell,
        _ => Remedy::Reconnect,
    }
}
