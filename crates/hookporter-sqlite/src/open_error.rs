//! Why an inbox does not open.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use crate::damage;

/// Why an inbox does not open. For whoever starts the program.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it open.
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// It is a file of something else, and was left as it is.
    NotAnInbox {
        /// The file.
        path: PathBuf,
    },
    /// A newer release wrote it.
    Newer {
        /// The version of its form.
        version: i64,
        /// The newest version that this release knows.
        known: i64,
    },
    /// An older release wrote it, and it is not to be changed now: a server of this release, once started with it, brings
    /// it to the present form.
    Older {
        /// The version of its form.
        version: i64,
        /// The version that this release reads.
        known: i64,
    },
    /// It is damaged.
    Damaged {
        /// The first problem that was found.
        problem: String,
    },
    /// SQLite does not sync here as it must, so that an acknowledged event could be lost.
    NotDurable {
        /// Which setting it refuses, and what it has instead.
        setting: String,
    },
    /// With this SQLite two processes could damage it. One process with both sides may have it.
    OldSqlite {
        /// The version of SQLite.
        version: &'static str,
    },
    /// The file system or SQLite refuses.
    Failed {
        /// What was tried.
        doing: &'static str,
        /// What it says.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl OpenError {
    pub(crate) fn failed(doing: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed { doing, source: source.into() }
    }

    /// Whether the disk gave an error where the file was read.
    pub(crate) fn is_unreadable(&self) -> bool {
        let Self::Failed { source, .. } = self else { return false };
        source.downcast_ref().is_some_and(damage::is_unreadable)
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => Self::Damaged { problem: error.to_string() },
            _ => Self::failed("opening the database", error),
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse { path } => write!(f, "the inbox {} is open in another process", path.display()),
            Self::NotAnInbox { path } => write!(f, "{} is a file of something else, not an inbox", path.display()),
            Self::Newer { version, known } => {
                write!(f, "a newer release wrote this inbox (form {version}, this one knows {known})")
            }
            Self::Older { version, known } => {
                write!(
                    f,
                    "an older release wrote this inbox (form {version}, this one reads {known}): start its server once \
                     in this release"
                )
            }
            Self::Damaged { problem } => write!(f, "the inbox is damaged: {problem}"),
            Self::NotDurable { setting } => write!(f, "the inbox would not be durable here: {setting}"),
            Self::OldSqlite { version } => {
                write!(f, "SQLite {version} may damage a file that two processes write to; use 3.51.3 or newer")
            }
            Self::Failed { doing, .. } => write!(f, "the inbox does not open: {doing}"),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed { source, .. } => Some(&**source),
            _ => None,
        }
    }
}
