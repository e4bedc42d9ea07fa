//! Why a worker's function did not do its work, and what is to become of the event.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::handoff::BoxError;

/// Why an event was not worked.
///
/// Every other error turns into one with `?` and means: try again later. It is no [`Error`] itself, for that very reason.
///
/// ```
/// use std::time::Duration;
/// use hookporter_pipeline::{Event, inbox::WorkError};
///
/// async fn on_event(event: Event) -> Result<(), WorkError> {
///     let text = std::str::from_utf8(event.body())?;
///     if text.contains("no such account") {
///         return Err(WorkError::dead_letter("the account is gone"));
///     }
///     Err(WorkError::retry_after(Duration::from_secs(60), "the mail server is busy"))
/// }
/// ```
#[derive(Debug)]
pub struct WorkError {
    advice: Advice,
    source: BoxError,
}

/// What is to become of the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Advice {
    Retry,
    RetryAfter(Duration),
    DeadLetter,
}

impl WorkError {
    /// Try again when the backoff says so.
    pub fn retry(source: impl Into<BoxError>) -> Self {
        Self { advice: Advice::Retry, source: source.into() }
    }

    /// Try again after this time, whatever the backoff says. The attempt counts.
    pub fn retry_after(wait: Duration, source: impl Into<BoxError>) -> Self {
        Self { advice: Advice::RetryAfter(wait), source: source.into() }
    }

    /// Do not try again: the event is a dead letter.
    pub fn dead_letter(source: impl Into<BoxError>) -> Self {
        Self { advice: Advice::DeadLetter, source: source.into() }
    }

    pub(crate) const fn advice(&self) -> Advice {
        self.advice
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for WorkError {
    fn from(error: E) -> Self {
        Self::retry(error)
    }
}

/// The error and its causes, in one line.
impl fmt::Display for WorkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)?;
        let mut cause = self.source.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// The longest text of an error that is kept, in bytes.
const LONGEST: usize = 2000;

/// A text for the store: of bounded length, control characters escaped.
pub(crate) fn bounded(text: &str) -> String {
    let mut kept = String::new();
    for character in text.chars() {
        if kept.len() >= LONGEST {
            kept.push('…');
            break;
        }
        if character.is_control() {
            kept.extend(character.escape_default());
        } else {
            kept.push(character);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_one_line_of_bounded_length() {
        assert_eq!(bounded("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
        assert!(bounded(&"long ".repeat(1000)).len() < LONGEST + 8);
    }

    #[test]
    fn an_error_tells_its_causes_and_is_tried_again() {
        let cause = std::io::Error::other("the disk is gone");
        let error = WorkError::from(crate::inbox::InboxError::new(cause));
        assert_eq!((error.to_string().as_str(), error.advice()), ("the inbox failed: the disk is gone", Advice::Retry));
    }
}
