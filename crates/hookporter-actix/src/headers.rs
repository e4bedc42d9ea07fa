//! The core's view of actix's header map.

use actix_web::http::header::HeaderMap;
use hookporter_core::{Headers, Occurrence};

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

    fn visit<'h>(&'h self, each: &mut dyn FnMut(&str, &'h [u8])) {
        for (name, value) in self.0 {
            each(name.as_str(), value.as_bytes());
        }
    }
}
