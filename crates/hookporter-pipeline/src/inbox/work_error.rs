//! Why a worker's function did not do its work, and what is to become of the event.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
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
///     if text.is_empty() {
///         return Err(WorkError::hold(Duration::from_secs(5), "the mail server is away"));
///     }
///     if text.contains("no such account") {
///         return Err(WorkError::dead_letter("the account is gone"));
///     }
///     Err(WorkError::retry_after(Duration::from_secs(60), "the mail server is busy"))
/// }
/// ```
#[derive(Debug, Clone)]
pub struct WorkError {
    advice: Advice,
    /// Shared, so that a response's extensions can carry it.
    source: Arc<dyn Error + Send + Sync>,
}

/// What is to become of the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Advice {
    Retry,
    RetryAfter(Duration),
    /// Try again after this time; the attempt does not count.
    Hold(Duration),
    /// Try again when the backoff says so, and not before this time is over.
    RetryNoSooner(Duration),
    DeadLetter,
    Park,
}

impl WorkError {
    /// Try again when the backoff says so.
    pub fn retry(source: impl Into<BoxError>) -> Self {
        Self::new(Advice::Retry, source.into())
    }

    /// Try again after this time, whatever the backoff says. The attempt counts.
    pub fn retry_after(wait: Duration, source: impl Into<BoxError>) -> Self {
        Self::new(Advice::RetryAfter(wait), source.into())
    }

    /// Try again when the backoff says so, but not before this time is over.
    pub(crate) fn retry_no_sooner(wait: Duration, source: impl Into<BoxError>) -> Self {
        Self::new(Advice::RetryNoSooner(wait), source.into())
    }

    /// Do not try again: the event is a dead letter.
    pub fn dead_letter(source: impl Into<BoxError>) -> Self {
        Self::new(Advice::DeadLetter, source.into())
    }

    /// Keep the event and do not try again until somebody releases it: nothing is wrong with it, but the code does not handle
    /// it yet. Released, it has all of its attempts again.
    pub fn park(reason: impl Into<BoxError>) -> Self {
        Self::new(Advice::Park, reason.into())
    }

    /// Try again after this time, and do not count the attempt: what the work needs is away, such as a broker or a database, and
    /// that is no fault of the event's. However long it lasts, no event is a dead letter for it. In its lane it holds up those
    /// behind it.
    pub fn hold(wait: Duration, reason: impl Into<BoxError>) -> Self {
        Self::new(Advice::Hold(wait), reason.into())
    }

    /// The work panicked: try again, with what the panic said.
    pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a text");
        Self::retry(format!("panicked: {text}"))
    }

    fn new(advice: Advice, source: BoxError) -> Self {
        Self { advice, source: source.into() }
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

/// The error and its causes, in one line. A wrapper that says no more than what it wraps is said once.
impl fmt::Display for WorkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.source.to_string();
        f.write_str(&text)?;
        let mut cause = self.source.source();
        while let Some(error) = cause {
            let before = std::mem::replace(&mut text, error.to_string());
            if text != before {
                write!(f, ": {text}")?;
            }
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
        let wrapped = std::io::Error::other(std::io::Error::other("the disk is gone"));
        assert_eq!(WorkError::from(wrapped).to_string(), "the disk is gone");
    }
}
