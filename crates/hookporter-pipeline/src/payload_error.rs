//! Why a payload is not of the type that the code asked for.

use std::fmt;

/// Why a proven payload is not the type that the code asked for.
///
/// It names the place, never the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadError {
    syntax: bool,
    line: usize,
    column: usize,
}

impl PayloadError {
    pub(crate) fn new(error: &serde_json::Error) -> Self {
        Self { syntax: !error.is_data(), line: error.line(), column: error.column() }
    }

    /// Whether the payload is no JSON at all; else it is JSON of another shape.
    #[must_use]
    pub const fn is_syntax(&self) -> bool {
        self.syntax
    }
}

impl fmt::Display for PayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.syntax { "is not JSON" } else { "is not of the expected type" };
        write!(f, "the payload {what} at line {} column {}", self.line, self.column)
    }
}

impl std::error::Error for PayloadError {}
