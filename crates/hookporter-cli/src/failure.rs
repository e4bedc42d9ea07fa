//! Why a command did not do what it was asked, by who can mend it.

use std::fmt::Display;
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

    /// Says it on stderr; the exit status.
    pub(crate) fn report(&self) -> ExitCode {
        let (message, status) = match self {
            Self::Usage(message) => (message, 2),
            Self::Run(message) => (message, 1),
        };
        output::complain(format_args!("error: {message}"));
        ExitCode::from(status)
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
