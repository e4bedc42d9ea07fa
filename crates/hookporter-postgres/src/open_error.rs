//! Why an inbox does not open.

use std::error::Error;
use std::fmt;

/// Why an inbox does not open. For whoever runs the program.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The database cannot be reached, or does not let us in.
    Unreachable(sqlx::Error),
    /// The name of the schema is not one: letters in lower case, digits and underscores, at most 40, no digit first.
    SchemaName(String),
    /// What is committed there may be lost: this setting of the server's has this value.
    NotDurable {
        /// The setting: `synchronous_commit` or `fsync`.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// It is a replica that only reads.
    ReadOnly,
    /// Its texts are not in UTF-8 but in this encoding.
    Encoding(String),
    /// The server is older than 12, as a number such as 110022.
    TooOld(i32),
    /// There is no inbox in the schema of this name: nothing makes one but a node's start, and an import.
    Absent(String),
    /// The tables are of this version, which is older than this release's: a node brings them up to date when it starts.
    Older(i32),
    /// The tables were made by a newer release, in this version.
    Newer(i32),
    /// The tables cannot be made or changed.
    Tables(sqlx::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(error) => write!(f, "the database cannot be reached: {error}"),
            Self::SchemaName(name) => write!(
                f,
                "`{name}` is no name for a schema: at most 40 lower-case letters, digits and underscores, no digit first"
            ),
            Self::NotDurable { setting, value } => write!(
                f,
                "`{setting}` is `{value}` for this role and database, so that what was acknowledged may be lost; set it to `on`"
            ),
            Self::ReadOnly => f.write_str("the server is a replica that only reads"),
            Self::Encoding(encoding) => write!(f, "the database is encoded in {encoding}, and not in UTF8"),
            Self::TooOld(version) => write!(f, "the server is of version {version}, and 12 or newer is needed"),
            Self::Absent(schema) => write!(f, "there is no inbox in the schema `{schema}` of this database"),
            Self::Older(version) => write!(
                f,
                "the tables are of version {version}, of an older release: a receiver or worker of this one brings them up to date"
            ),
            Self::Newer(version) => write!(f, "the tables are of version {version}, which a newer release has made"),
            Self::Tables(error) => write!(f, "the tables of the inbox cannot be made: {error}"),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreachable(error) | Self::Tables(error) => Some(error),
            _ => None,
        }
    }
}
