//! Why a command did not do what it was asked, by who can mend it.

use std::fmt::{self, Display, Formatter};
use std::process::ExitCode;

use hookporter::ConfigError;

use crate::output;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line, a file or a key is wrong: exit status 2.
    Usage(String),
    /// The system, or the other side: exit status 1.
    Run(String),
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// The system refused `what`.
    pub(crate) fn system(what: impl Display, error: impl Display) -> Self {
        Self::Run(format!("{what}: {error}"))
    }

    /// A file that was named on the command line could not be read.
    pub(crate) fn file(option: &str, path: &str, error: impl Display) -> Self {
        Self::Usage(format!("{option} {}: {error}", output::escaped(path)))
    }

    /// The same, saying first what it is about.
    pub(crate) fn about(self, what: impl Display) -> Self {
        match self {
            Self::Usage(message) => Self::Usage(format!("{what}: {message}")),
            Self::Run(message) => Self::Run(format!("{what}: {message}")),
        }
    }

    /// Says it on stderr; the exit status.
    pub(crate) fn report(&self) -> ExitCode {
        let status = match self {
            Self::Usage(_) => 2,
            Self::Run(_) => 1,
        };
        output::complain(format_args!("error: {self}"));
        ExitCode::from(status)
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Run(message) => f.write_str(message),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(match error {
            ConfigError::Tolerance { seconds } => format!("a tolerance of {seconds} s; use 1 s to 7 days"),
            ConfigError::DuplicateKeyId { id } => {
                format!("two keys have the id `{}`; name them apart: --secret-env ID=VAR", output::escaped(&id))
            }
            other => output::escaped(&other.to_string()),
        })
    }
}
