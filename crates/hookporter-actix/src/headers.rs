//! The core's view of actix's header map.

use actix_web::http::header::HeaderMap;
use hookporter_core::{HeaderVisitor, Headers, Occurrence};

/// A header map as the core sees it.
pub(crate) struct ActixHeaders<'a>(pub(crate) &'a HeaderMap);

impl Headers for ActixHeaders<'_> {
    fn occurrence(&self, name: &str) -> Occurrence<'_> {
        let mut values = self.0.get_all(name);
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
