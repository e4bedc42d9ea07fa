//! Why an inbox does not open.

use std::error::Error;
use std::fmt;

/// Why an inbox does not open. For whoever runs the program.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The server cannot be reached, or does not let us in.
    Unreachable(redis::RedisError),
    /// The name of the inbox is not one: letters, digits, `_`, `-` and `.`, at most 60.
    Name(String),
    /// The server does not say how durable it is (`CONFIG` is forbidden), and neither do the settings.
    DurabilityUnknown,
    /// The server has become less durable than it was when the inbox was opened.
    Weaker {
        /// What it was.
        was: hookporter_pipeline::inbox::Durability,
        /// What it is.
        is: hookporter_pipeline::inbox::Durability,
    },
    /// Once its memory is full the server drops what it was given, by this policy.
    Evicts {
        /// Its `maxmemory-policy`.
        policy: String,
    },
    /// Fewer replicas are connected than acknowledgements are to wait for.
    FewReplicas {
        /// How many are.
        connected: u32,
        /// How many must be.
        demanded: u32,
    },
    /// It is a replica that only reads.
    ReadOnly,
    /// The server is of this version, and older than 7.0.
    TooOld(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(error) => write!(f, "the server cannot be reached: {error}"),
            Self::Name(name) => {
                write!(f, "`{name}` is no name for an inbox: at most 60 letters, digits, `_`, `-` and `.`")
            }
            Self::DurabilityUnknown => f.write_str(
                "the server does not say how durable it is, since `CONFIG GET` is forbidden: say it with `Settings::declare`",
            ),
            Self::Weaker { was, is } => write!(
                f,
                "the server is less durable than it was when the inbox was opened, {is} and not {was}: \
                 look at `appendonly`, `appendfsync` and `no-appendfsync-on-rewrite`"
            ),
            Self::Evicts { policy } => write!(
                f,
                "`maxmemory-policy` is `{policy}`, so that events are dropped once memory is full; set it to `noeviction`"
            ),
            Self::FewReplicas { connected, demanded } => {
                write!(f, "{connected} replicas are connected, and acknowledgements are to wait for {demanded}")
            }
            Self::ReadOnly => f.write_str("the server is a replica that only reads"),
            Self::TooOld(version) => write!(f, "the server is of version `{version}`, and 7.0 or newer is needed"),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreachable(error) => Some(error),
            _ => None,
        }
    }
}
