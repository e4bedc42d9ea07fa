//! The core's view of an `http` header map.

use hookporter_core::{HeaderVisitor, Headers, Occurrence};
use http::HeaderMap;

/// A header map as the core sees it.
pub(crate) struct HttpHeaders<'a>(pub(crate) &'a HeaderMap);

impl Headers for HttpHeaders<'_> {
    fn occurrence(&self, name: &str) -> Occurrence<'_> {
        let mut values = self.0.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Occurrence::Absent,
            (Some(value), None) => Occurrence::Once(value.as_bytes()),
            _ => Occurrence::Repeated,
        }
    }

    fn visit<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        for (name, value) in self.0 {
            visitor.see(name.as_str(), value.as_bytes());
        }
    }
}
