//! What is to be done about an error of the server's.

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The server has forgotten the scripts, and done nothing: it is given them again.
    Reload,
    /// Whoever waits is told, and the connection is good: the server refused.
    Tell,
    /// Whoever waits is told, and the connection is given up: it is broken, or leads to the wrong server.
    Reconnect,
}

/// What is to be done about this error.
pub(crate) fn remedy(error: &RedisError) -> Remedy {
    match error.kind() {
        ErrorKind::Server(ServerErrorKind::NoScript) => Remedy::Reload,
        ErrorKind::Server(
            ServerErrorKind::ResponseError
            | ServerErrorKind::ExecAbort
            | ServerErrorKind::NoPerm
            | ServerErrorKind::CrossSlot
            | ServerErrorKind::NotBusy,
        )
        // No room, a disk that fails, a script that takes long, a key that is something else.
        | ErrorKind::Extension => Remedy::Tell,
        _ => Remedy::Reconnect,
    }
}
