//! How the core sees HTTP headers, whatever framework received them.

use std::ops::Deref;
use std::sync::Arc;

/// What a request says under one header name: nothing, one value, or several.
///
/// A repeated signature or timestamp header is refused, so the answer keeps *once* and *repeated* apart; a plain
/// `get` would silently return the first of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "absent, once and repeated is all there is; every caller handles each")]
pub enum Occurrence<'a> {
    /// The header is not there.
    #[default]
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

    /// Shows every header line to `visitor`, names in lower case, in any order; lines of one name in the order that they
    /// arrived, since message signatures join them.
    ///
    /// A check finds all the headers that it needs in one such pass.
    fn visit<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>);
}

/// Looks at header lines one by one, and calls a function with those that somebody may be looking for.
///
/// ```
/// use hookporter_core::{HeaderVisitor, Headers};
///
/// let headers = vec![("Content-Type", "application/json"), ("X-Other", "1")];
/// let mut found = Vec::new();
/// headers.visit(&mut HeaderVisitor::new(&mut |name, value| found.push((name.to_owned(), value))));
/// assert_eq!(found.len(), 2);
/// ```
pub struct HeaderVisitor<'v, 'h> {
    marks: NameMarks,
    each: &'v mut dyn FnMut(&str, &'h [u8]),
}

/// Marks of some header names: most lines of a request are passed over by one look at their names' marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NameMarks(u64);

impl NameMarks {
    /// The marks of `names`, which are in lower case.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self(names.into_iter().fold(0, |marks, name| marks | mark(name)))
    }

    /// Whether a line of this name may be one of theirs.
    #[inline]
    const fn may_be(self, mark: u64) -> bool {
        self.0 & mark != 0
    }
}

impl<'v, 'h> HeaderVisitor<'v, 'h> {
    /// A visitor that looks at every line.
    pub fn new(each: &'v mut dyn FnMut(&str, &'h [u8])) -> Self {
        Self { marks: NameMarks(u64::MAX), each }
    }

    /// A visitor that looks at the lines of the names with these marks, and at few others.
    pub fn of_names(marks: NameMarks, each: &'v mut dyn FnMut(&str, &'h [u8])) -> Self {
        Self { marks, each }
    }

    /// Looks at a line; its name is in lower case.
    ///
    /// Inlined into the loop over a header map, where most lines are passed over by one look at their name.
    #[inline]
    pub fn see(&mut self, name: &str, value: &'h [u8]) {
        if self.marks.may_be(mark(name)) {
            (self.each)(name, value);
        }
    }
}

impl std::fmt::Debug for HeaderVisitor<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HeaderVisitor")
    }
}

/// A header name that a check looks for, and the place of its answer in what is [`Gathered`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sought {
    name: Arc<str>,
    place: u8,
}

/// Some of the names that a check looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Places(u8);

impl Places {
    /// The places of `names`.
    pub(crate) fn of<'n>(names: impl IntoIterator<Item = &'n Sought>) -> Self {
        Self(names.into_iter().fold(0, |all, name| all | name.bit()))
    }

    /// These places without those of `others`.
    pub(crate) const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

impl Sought {
    /// The bit of its place in a set of places.
    const fn bit(&self) -> u8 {
        1 << self.place
    }
}

impl Deref for Sought {
    type Target = Arc<str>;

    fn deref(&self) -> &Arc<str> {
        &self.name
    }
}

/// The names that a check looks for: two sets of three proof headers at the most, and two about the body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    names: Vec<Arc<str>>,
    marks: NameMarks,
}

/// See [`Names`].
const MOST: usize = 8;

impl Names {
    /// Looks for `name`, too; a name that is looked for already keeps its place.
    pub(crate) fn seek(&mut self, name: &Arc<str>) -> Sought {
        let known = self.names.iter().position(|known| known == name);
        let place = known.unwrap_or(self.names.len());
        if known.is_none() {
            self.marks.0 |= mark(name);
            self.names.push(name.clone());
        }
        Sought { name: name.clone(), place: u8::try_from(place).unwrap_or(u8::MAX) }
    }
}

/// Which bit of a set of marks stands for a name: one for each length and first letter, or nearly so.
#[inline]
fn mark(name: &str) -> u64 {
    let first = name.as_bytes().first().map_or(0, |first| usize::from(*first));
    1 << ((name.len() ^ (first << 3)) % 64)
}

/// What a request says under each of some names.
#[derive(Debug)]
pub(crate) struct Gathered<'a> {
    seen: [Occurrence<'a>; MOST],
    there: Places,
}

impl<'a> Gathered<'a> {
    /// Looks for all names in one pass: eight look-ups in a hash map cost more than a short MAC.
    #[inline]
    pub(crate) fn new(names: &Names, headers: &'a dyn Headers) -> Self {
        let (mut seen, mut there) = ([Occurrence::Absent; MOST], 0_u8);
        let mut note = |name: &str, value| {
            let places = (0..MOST).map(|place| 1_u8 << place);
            let mut each = names.names.iter().zip(&mut seen).zip(places);
            if let Some(((_, slot), bit)) = each.find(|((wanted, _), _)| ***wanted == *name) {
                *slot = if there & bit == 0 { Occurrence::Once(value) } else { Occurrence::Repeated };
                there |= bit;
            }
        };
        headers.visit(&mut HeaderVisitor { marks: names.marks, each: &mut note });
        Self { seen, there: Places(there) }
    }

    /// What the request says under one of the names.
    #[inline]
    pub(crate) fn occurrence(&self, name: &Sought) -> Occurrence<'a> {
        self.seen.get(usize::from(name.place)).copied().unwrap_or_default()
    }

    /// Whether any header of these places is there.
    #[inline]
    pub(crate) const fn has_any(&self, places: Places) -> bool {
        self.there.0 & places.0 != 0
    }
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

    fn visit<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        for (key, value) in self {
            visitor.see(&key.as_ref().to_ascii_lowercase(), value.as_ref());
        }
    }
}

impl<N: AsRef<str> + Sync, V: AsRef<[u8]> + Sync> Headers for Vec<(N, V)> {
    fn occurrence(&self, name: &str) -> Occurrence<'_> {
        self.as_slice().occurrence(name)
    }

    fn visit<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        self.as_slice().visit(visitor);
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
