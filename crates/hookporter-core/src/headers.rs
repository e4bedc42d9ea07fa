//! How the core sees HTTP headers, whatever framework received them.

/// What a request says under one header name: nothing, one value, or several.
///
/// A repeated signature or timestamp header is refused, so the answer keeps *once* and *repeated* apart; a plain
/// `get` would silently return the first of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "absent, once and repeated is all there is; every caller handles each")]
pub enum Occurrence<'a> {
    /// The header is not there.
    Absent,
    /// The header is there exactly once; its raw bytes.
    Once(&'a [u8]),
    /// The header is there more than once.
    Repeated,
}

/// A view of a request's headers.
///
/// Adapters implement it over their framework's own header map. Names are asked for in lower case.
pub trait Headers: Sync {
    /// What the request says under `name` (lower case).
    fn occurrence(&self, name: &str) -> Occurrence<'_>;

    /// Calls `each` with every header line, names in lower case, in any order.
    fn visit(&self, each: &mut dyn FnMut(&str, &[u8]));
}

/// A plain list of name and value, names in any case: for tests, the command line and stored requests.
impl<N: AsRef<str> + Sync, V: AsRef<[u8]> + Sync> Headers for [(N, V)] {
    fn occurrence(&self, name: &str) -> Occurrence<'_> {
        let mut found = Occurrence::Absent;
        for (key, value) in self {
            if key.as_ref().eq_ignore_ascii_case(name) {
                found = match found {
                    Occurrence::Absent => Occurrence::Once(value.as_ref()),
                    _ => return Occurrence::Repeated,
                };
            }
        }
        found
    }

    fn visit(&self, each: &mut dyn FnMut(&str, &[u8])) {
        for (key, value) in self {
            each(&key.as_ref().to_ascii_lowercase(), value.as_ref());
        }
    }
}

impl<N: AsRef<str> + Sync, V: AsRef<[u8]> + Sync> Headers for Vec<(N, V)> {
    fn occurrence(&self, name: &str) -> Occurrence<'_> {
        self.as_slice().occurrence(name)
    }

    fn visit(&self, each: &mut dyn FnMut(&str, &[u8])) {
        self.as_slice().visit(each);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_header_is_never_a_single_one() {
        let headers = vec![("X-Sig", "a"), ("x-sig", "a"), ("X-Other", "b")];
        assert_eq!(headers.occurrence("x-sig"), Occurrence::Repeated);
        assert_eq!(headers.occurrence("x-other"), Occurrence::Once(b"b"));
        assert_eq!(headers.occurrence("x-none"), Occurrence::Absent);
    }
}
