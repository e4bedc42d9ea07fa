//! Why the database did not do what it was asked.

use hookporter_pipeline::inbox::store::Fault;

/// What senders and workers are told of this failure.
pub(crate) fn of(error: sqlx::Error) -> Fault {
    match error {
        sqlx::Error::PoolClosed => Fault::Closed,
        error => Fault::Store(error.to_string()),
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
