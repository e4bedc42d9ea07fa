//! Why the console does not do what it is asked, for the person who asked.

use std::borrow::Cow;
use std::error::Error;

use hookporter_pipeline::inbox::InboxError;

/// A refusal or a failure: its status, a word for programs, and words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) status: u16,
    pub(crate) word: &'static str,
    pub(crate) message: Cow<'static, str>,
}

impl Trouble {
    pub(crate) const fn new(status: u16, word: &'static str, message: &'static str) -> Self {
        Self { status, word, message: Cow::Borrowed(message) }
    }

    /// The request is wrong in itself.
    pub(crate) fn request(message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: 400, word: "bad-request", message: message.into() }
    }

    /// Nothing of that name or number is here.
    pub(crate) fn absent(message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: 404, word: "not-found", message: message.into() }
    }

    /// It is not in a state for this.
    pub(crate) fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: 409, word: "conflict", message: message.into() }
    }

    /// The method is not one of this path's.
    pub(crate) const fn method() -> Self {
        Self::new(405, "wrong-method", "this path does not take that method")
    }
}

impl From<InboxError> for Trouble {
    fn from(error: InboxError) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            message.push_str(": ");
            message.push_str(&error.to_string());
            source = error.source();
        }
        Self { status: 503, word: "store-failed", message: message.into() }
    }
}
