//! Why an inbox does not open.

use std::error::Error;
use std::fmt;

use hookporter_pipeline::BoxError;

/// Why an inbox does not open. For whoever runs the program.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The server cannot be reached, or does not let us in.
    Unreachable(BoxError),
    /// The name is none for a stream: letters, digits, `_` and `-`, at most 60.
    StreamName(String),
    /// JetStream does not make or show this stream: it may not be switched on, or not for this account.
    Stream {
        /// The stream.
        name: String,
        /// What the server said.
        source: BoxError,
    },
    /// The stream is there, and set such that events would get lost or be worked twice.
    Unfit {
        /// The stream.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The settings say that the server syncs every message; a server of this version, older than 2.10, cannot.
    CannotSync(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(error) => write!(f, "the server cannot be reached: {error}"),
            Self::StreamName(name) => {
                write!(f, "`{name}` is no name for a stream: at most 60 letters, digits, `_` and `-`")
            }
            Self::Stream { name, source } => write!(f, "the stream `{name}` cannot be made or read: {source}"),
            Self::Unfit { name, problem } => write!(f, "the stream `{name}` is unfit for an inbox: {problem}"),
            Self::CannotSync(version) => write!(
                f,
                "the server is of version {version}, which has no `sync_interval: always`: it takes 2.10, or leave \
                 `server_syncs_always` out"
            ),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreachable(error) | Self::Stream { source: error, .. } => Some(&**error),
            _ => None,
        }
    }
}
