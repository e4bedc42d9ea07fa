//! Labels: event id, type and API version, and what identifies an event.

mod blocks;
mod durable;
mod read;
pub(crate) mod scan;
mod source;

use std::fmt;

use smallvec::SmallVec;

pub(crate) use source::split as split_pointer;
pub use source::{Form, Identity, Json, LabelSource, LabelSources};

/// One label of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    text: String,
    signed: bool,
}

impl Label {
    /// The label's text, exactly as sent. Escape it where people read it: [`fmt::Display`] does.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the proof covers it. An unsigned label is a hint.
    #[must_use]
    pub const fn is_signed(&self) -> bool {
        self.signed
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.text.chars() {
            if character.is_control() || is_invisible(character) {
                write!(f, "{}", character.escape_default())?;
            } else {
                write!(f, "{character}")?;
            }
        }
        Ok(())
    }
}

/// Marks that reorder or hide text on a screen.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What a delivery says of its event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Labels {
    /// The event id.
    pub id: Option<Label>,
    /// The event type.
    pub kind: Option<Label>,
    /// The API version.
    pub version: Option<Label>,
    /// Whether a label stood twice in the body, or the body cannot be read to its end, so that none was taken.
    pub ambiguous: bool,
    /// The content type, where a source depends on it and the body is still to be read.
    content_type: Option<Box<[u8]>>,
}

/// What identifies an event: deliveries with the same key tell of the same event.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EventKey(pub(crate) SmallVec<[u8; 64]>);

impl EventKey {
    /// The key's bytes: an opaque identifier, unique within an endpoint and tenant.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventKey")
    }
}
