//! The span of a request.

use std::sync::Arc;

use tracing::Span;

/// The span of a request; nothing where nobody traces, which is what most servers do.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestSpan(Option<Arc<Span>>);

impl RequestSpan {
    pub(crate) fn new(span: Span) -> Self {
        Self((!span.is_none()).then(|| Arc::new(span)))
    }

    /// Does something inside of it.
    pub(crate) fn in_scope<T>(&self, something: impl FnOnce() -> T) -> T {
        match &self.0 {
            None => something(),
            Some(span) => span.in_scope(something),
        }
    }

    /// Says something of the request.
    pub(crate) fn record(&self, field: &'static str, value: impl tracing::Value) {
        if let Some(span) = &self.0 {
            span.record(field, value);
        }
    }
}
