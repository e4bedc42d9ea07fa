//! Headers whose value never varies.

use std::sync::Arc;

use crate::papers::once;
use crate::{Evidence, Headers, Occurrence, Reason, Rejection};

/// A header with one right value, and what another one means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FixedHeader {
    pub(crate) name: Arc<str>,
    pub(crate) value: String,
    reason: Reason,
    /// Whether it may be missing.
    pub(crate) optional: bool,
}

impl FixedHeader {
    pub(crate) fn new(name: &str, value: &str, reason: Reason) -> Self {
        Self { name: name.to_ascii_lowercase().into(), value: value.to_owned(), reason, optional: false }
    }

    /// The same header, which may be missing.
    pub(crate) fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// Refuses a request that lacks the header, repeats it, or says something else in it.
    pub(crate) fn judge(&self, headers: &dyn Headers) -> Result<(), Rejection> {
        if self.optional && headers.occurrence(&self.name) == Occurrence::Absent {
            return Ok(());
        }
        if once(headers, &self.name)? == self.value.as_bytes() {
            return Ok(());
        }
        let evidence = Evidence::HeaderShape(self.name.clone(), "does not have its one right value");
        Err(Rejection::new(self.reason).with_evidence(evidence))
    }
}
