//! Mistakes in a set-up, found when an endpoint is built.

use std::fmt;

/// Why an endpoint does not build. For the developer, at start-up; never holds a secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// An environment variable is not set, or is not Unicode.
    Environment {
        /// The variable.
        variable: String,
    },
    /// A file with a key could not be read.
    KeyFile {
        /// The path.
        path: String,
        /// What the system said.
        error: String,
    },
    /// There is no key at all.
    NoKey,
    /// Two keys have the same id.
    DuplicateKeyId {
        /// The id.
        id: String,
    },
    /// A key cannot be right.
    Key {
        /// The key's id.
        id: String,
        /// What is wrong with it.
        problem: String,
        /// What a right one looks like.
        expected: String,
    },
    /// A scheme contradicts itself.
    Scheme {
        /// What is wrong.
        problem: String,
    },
    /// A tolerance that is zero or so long that it means nothing.
    Tolerance {
        /// The offending bound.
        seconds: u64,
    },
    /// A version rule that cannot be read.
    VersionRule {
        /// The rule.
        rule: String,
    },
    /// A public URL that cannot be the URL of a webhook.
    PublicUrl {
        /// The URL.
        url: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A status that the provider does not take as success.
    AckStatus {
        /// The status.
        status: u16,
        /// What the provider takes.
        accepted: String,
    },
    /// No provider of this name, or its feature is off.
    UnknownProvider {
        /// The name.
        name: String,
    },
    /// Any other setting.
    Setting {
        /// The setting.
        setting: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

impl ConfigError {
    pub(crate) fn scheme(problem: impl Into<String>) -> Self {
        Self::Scheme { problem: problem.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment { variable } => {
                write!(f, "environment variable `{variable}` is not set (or not Unicode)")
            }
            Self::KeyFile { path, error } => write!(f, "key file `{path}`: {error}"),
            Self::NoKey => f.write_str("an endpoint needs at least one key"),
            Self::DuplicateKeyId { id } => write!(
                f,
                "two keys have the id `{id}`; name them with `Secret::named` so that a rotation can tell them apart"
            ),
            Self::Key { id, problem, expected } => write!(f, "key `{id}` {problem}; expected {expected}"),
            Self::Scheme { problem } => write!(f, "scheme: {problem}"),
            Self::Tolerance { seconds } => write!(
                f,
                "a tolerance of {seconds} s; use 1 s to 7 days, or `no_freshness()` to switch the check off by name"
            ),
            Self::VersionRule { rule } => write!(
                f,
                "version rule `{rule}`; use `=2025-08-27.basil`, `2025-08*`, `train:basil` or `2024-06-20..2025-01-01`"
            ),
            Self::PublicUrl { url, problem } => write!(f, "public URL `{url}` {problem}"),
            Self::AckStatus { status, accepted } => {
                write!(f, "status {status} is not a success to this sender, which takes {accepted}")
            }
            Self::UnknownProvider { name } => {
                write!(f, "no provider `{name}`; see the list of providers, and the cargo features it needs")
            }
            Self::Setting { setting, problem } => write!(f, "{setting}: {problem}"),
        }
    }
}

/// As [`fmt::Display`]: a `main` that returns an error prints this, and a developer reads it.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigError {}
