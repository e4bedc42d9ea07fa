//! The core's view of an `http` header map.

use hookporter_core::{Headers, Occurrence};
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

    fn visit<'h>(&'h self, each: &mut dyn FnMut(&str, &'h [u8])) {
        for (name, value) in self.0 {
            each(name.as_str(), value.as_bytes());
        }
    }
}
