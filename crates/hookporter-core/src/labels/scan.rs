//! Finds members of a JSON text without building a tree.
//!
//! One pass; what nobody asked for is passed by in blocks (see [`blocks`]). The bytes are mostly proven to come from the
//! sender, and need not be: challenges and enclosed signatures are looked for in a stranger's. Nothing is validated beyond
//! what finding the members takes: a text that is no JSON, or nests deeper than 128 levels as no parser behind us would
//! accept, has no labels, and is identified by its digest.

use memchr::memchr2;
use smallvec::SmallVec;

use super::blocks;

/// What was found at a pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    Nothing,
    /// The raw text of the value.
    Value(&'a [u8]),
    /// The member stands more than once, or the text cannot be read to its end.
    Unclear,
}

impl Found<'_> {
    /// The text of a string, or of a number or boolean as written.
    pub(crate) fn text(&self) -> Option<String> {
        let Self::Value(raw) = self else { return None };
        match raw.first()? {
            b'"' => {
                let inner = raw.get(1..raw.len().checked_sub(1)?)?;
                if memchr::memchr(b'\\', inner).is_none() {
                    return std::str::from_utf8(inner).ok().map(str::to_owned);
                }
                serde_json::from_slice(raw).ok()
            }
            b'{' | b'[' | b'n' => None,
            _ => std::str::from_utf8(raw).ok().map(str::to_owned),
        }
    }
}

/// No parser behind us accepts more.
const MAX_DEPTH: usize = 128;

/// Finds the value at each of `pointers`, in the same order.
pub(crate) fn find<'a>(text: &'a [u8], pointers: &[&[String]]) -> SmallVec<[Found<'a>; 4]> {
    let mut found = SmallVec::from_elem(Found::Nothing, pointers.len());
    let mut scanner = Scanner { rest: text };
    let all: SmallVec<[usize; 4]> = (0..pointers.len()).collect();
    if scanner.value(pointers, &all, 0, &mut found).is_none() {
        // What begins like JSON and cannot be read to its end may say anything, and says it twice perhaps.
        let like_json = matches!(text.trim_ascii_start().first(), Some(b'{' | b'['));
        found.fill(if like_json { Found::Unclear } else { Found::Nothing });
    }
    found
}

/// Whether the members of `text` can be told, down to its end.
#[cfg(any(feature = "cloud", feature = "messaging", feature = "payments", feature = "workspace"))]
pub(crate) fn is_whole(text: &[u8]) -> bool {
    Scanner { rest: text }.value(&[], &[], 0, &mut []).is_some()
}

struct Scanner<'a> {
    rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    /// Passes one value, recording those members of it that the `active` pointers name. Recurses as deep as the
    /// longest pointer, never as deep as the text.
    fn value(&mut self, pointers: &[&[String]], active: &[usize], depth: usize, found: &mut [Found<'a>]) -> Option<()> {
        self.skip_blanks();
        match self.rest.first()? {
            b'{' => self.members(pointers, active, depth, found),
            b'[' => self.elements(pointers, active, depth, found),
            _ => self.skip_value().map(|_| ()),
        }
    }

    fn members(
        &mut self,
        pointers: &[&[String]],
        active: &[usize],
        depth: usize,
        found: &mut [Found<'a>],
    ) -> Option<()> {
        self.take(b'{')?;
        self.skip_blanks();
        if self.take(b'}').is_some() {
            return Some(());
        }
        loop {
            self.skip_blanks();
            let key = self.string()?;
            let escaped = memchr::memchr(b'\\', key).is_some();
            self.skip_blanks();
            self.take(b':')?;
            self.member(pointers, active, depth, found, |segment| is_key(key, escaped, segment))?;
            self.skip_blanks();
            if self.take(b',').is_none() {
                return self.take(b'}');
            }
        }
    }

    fn elements(
        &mut self,
        pointers: &[&[String]],
        active: &[usize],
        depth: usize,
        found: &mut [Found<'a>],
    ) -> Option<()> {
        self.take(b'[')?;
        self.skip_blanks();
        if self.take(b']').is_some() {
            return Some(());
        }
        let mut index = 0_usize;
        loop {
            self.member(pointers, active, depth, found, |segment| segment.parse() == Ok(index))?;
            index = index.checked_add(1)?;
            self.skip_blanks();
            if self.take(b',').is_none() {
                return self.take(b']');
            }
        }
    }

    /// Passes the value of a member whose name is told by `is_named`.
    fn member(
        &mut self,
        pointers: &[&[String]],
        active: &[usize],
        depth: usize,
        found: &mut [Found<'a>],
        is_named: impl Fn(&str) -> bool,
    ) -> Option<()> {
        let mut deeper = SmallVec::<[usize; 4]>::new();
        let mut here = SmallVec::<[usize; 4]>::new();
        for &index in active {
            let pointer = pointers.get(index)?;
            if !pointer.get(depth).is_some_and(|segment| is_named(segment)) {
                continue;
            }
            if pointer.len() == depth.checked_add(1)? {
                here.push(index);
            } else {
                deeper.push(index);
            }
        }
        self.skip_blanks();
        let start = self.rest;
        if deeper.is_empty() {
            self.skip_value()?;
        } else {
            self.value(pointers, &deeper, depth.checked_add(1)?, found)?;
        }
        let raw = start.get(..start.len().checked_sub(self.rest.len())?)?;
        for index in here {
            let slot = found.get_mut(index)?;
            *slot = if *slot == Found::Nothing { Found::Value(raw) } else { Found::Unclear };
        }
        Some(())
    }

    /// Passes a value of any kind.
    fn skip_value(&mut self) -> Option<()> {
        match self.rest.first()? {
            b'"' => self.string().map(|_| ()),
            b'{' | b'[' => self.skip_container(),
            _ => {
                let end = self.rest.iter().position(|byte| b",]} \t\r\n".contains(byte)).unwrap_or(self.rest.len());
                self.rest = self.rest.get(end..).filter(|_| end > 0)?;
                Some(())
            }
        }
    }

    fn skip_container(&mut self) -> Option<()> {
        self.rest = self.rest.get(blocks::container(self.rest, MAX_DEPTH)?..)?;
        Some(())
    }

    /// Passes a string; its raw text between the quotes.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.take(b'"')?;
        let start = self.rest;
        loop {
            let at = memchr2(b'"', b'\\', self.rest)?;
            let byte = *self.rest.get(at)?;
            let skip = at.checked_add(if byte == b'\\' { 2 } else { 1 })?;
            self.rest = self.rest.get(skip..)?;
            if byte == b'"' {
                return start.get(..start.len().checked_sub(self.rest.len())?.checked_sub(1)?);
            }
        }
    }

    fn skip_blanks(&mut self) {
        while let Some((b' ' | b'\n' | b'\r' | b'\t', rest)) = self.rest.split_first() {
            self.rest = rest;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.rest = self.rest.strip_prefix(&[byte])?;
        Some(())
    }
}

/// Whether the raw text of a key is `name`; a key with escapes is undone first, so that none hides a second `id`.
fn is_key(raw: &[u8], escaped: bool, name: &str) -> bool {
    if !escaped {
        return raw == name.as_bytes();
    }
    let quoted = [b"\"", raw, b"\""].concat();
    serde_json::from_slice::<String>(&quoted).is_ok_and(|key| key == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::source::split;

    fn texts(body: &str, pointers: &[&str]) -> Vec<Option<String>> {
        let split: Vec<_> = pointers.iter().map(|pointer| split(pointer)).collect();
        let wanted: Vec<&[String]> = split.iter().map(Vec::as_slice).collect();
        find(body.as_bytes(), &wanted).iter().map(Found::text).collect()
    }

    #[test]
    fn members_are_found_at_any_depth_and_in_any_order() {
        let body = r#" { "a" : [ {"id":"no"} ], "type" : "x.y" , "event":{"type":"m\u00e9\"","n":7,"o":{}},"id":"e1","ok":true,"z":null} "#;
        assert_eq!(
            texts(body, &["/id", "/type", "/event/type", "/event/n", "/ok", "/z", "/event", "/a/0/id", "/none"]),
            [Some("e1"), Some("x.y"), Some("mé\""), Some("7"), Some("true"), None, None, Some("no"), None]
                .map(|text| text.map(str::to_owned))
        );
    }

    #[test]
    fn a_member_that_stands_twice_is_told_apart_even_when_it_is_escaped() {
        for body in [r#"{"id":"a","id":"b"}"#, r#"{"id":"a","\u0069d":"b"}"#, r#"{"id":"a","x":1,"id":"a"}"#] {
            let pointer = split("/id");
            assert_eq!(find(body.as_bytes(), &[&pointer])[..], [Found::Unclear], "{body}");
        }
    }

    #[test]
    fn no_text_of_any_shape_panics_or_overflows_the_stack() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        let nested = format!(r#"{{"id":"a","x":{deep}}}"#);
        for body in [
            "",
            "{",
            "{\"id",
            "{\"id\"",
            "{\"id\":",
            "{\"id\":\"a",
            "{\"id\":\"a\\",
            "null",
            "[]",
            "7",
            "\"id\"",
            "}",
            "{,}",
            "{\"id\" \"a\"}",
            "\u{feff}{\"id\":\"a\"}",
            &nested,
            &deep,
        ] {
            assert_eq!(texts(body, &["/id"]), [None], "{:.40}", body);
        }
        let long = format!(r#"{{"n":{},"id":"a"}}"#, "9".repeat(100_000));
        assert_eq!(texts(&long, &["/id"]), [Some("a".to_owned())]);
    }
}
