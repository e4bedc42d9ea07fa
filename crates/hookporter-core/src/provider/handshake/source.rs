//! Where in a request the parts of a challenge are.

use zeroize::Zeroizing;

use crate::labels::{scan, split_pointer};
use crate::papers::query;
use crate::{Head, Occurrence};

/// Where a part of a challenge is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// A parameter of the query, decoded.
    Query(&'static str),
    /// A header.
    Header(&'static str),
    /// A member of the JSON body.
    Json(&'static str),
    /// The only field of a form.
    Form(&'static str),
}

/// What a request says at a source. A text may be a secret, and is wiped.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    Absent,
    Text(Zeroizing<String>),
    /// It stands there twice, or is no text.
    Unclear,
}

/// A challenge is a short message; nothing longer is looked at.
pub(super) const MAX_BODY: usize = 4096;

impl Source {
    pub(super) const fn is_in_body(self) -> bool {
        matches!(self, Self::Json(_) | Self::Form(_))
    }

    /// What the request says here. Of a body that is too long for a challenge nothing is read.
    pub(super) fn read(self, head: &Head<'_>, body: &[u8]) -> Read {
        match self {
            Self::Query(name) => only(query::values(head.target(), name)),
            Self::Header(name) => match head.headers().occurrence(name) {
                Occurrence::Absent => Read::Absent,
                Occurrence::Once(value) => std::str::from_utf8(value).map_or(Read::Unclear, text),
                Occurrence::Repeated => Read::Unclear,
            },
            _ if body.len() > MAX_BODY => Read::Absent,
            Self::Json(pointer) => {
                let split = split_pointer(pointer);
                match scan::find(body, &[&split]).first() {
                    None | Some(scan::Found::Nothing) => Read::Absent,
                    Some(found) => found.text().map_or(Read::Unclear, |found| Read::Text(Zeroizing::new(found))),
                }
            }
            Self::Form(name) => {
                let mut fields = form_urlencoded::parse(body);
                match (fields.next(), fields.next()) {
                    (Some((known, value)), None) if known == name => text(&value),
                    _ => Read::Absent,
                }
            }
        }
    }

    /// Whether the request says anything here. What cannot be read of a body does not count: it may be anything.
    pub(super) fn is_there(self, head: &Head<'_>, body: &[u8]) -> bool {
        match self.read(head, body) {
            Read::Absent => false,
            Read::Text(_) => true,
            Read::Unclear => !self.is_in_body(),
        }
    }
}

fn text(text: &str) -> Read {
    Read::Text(Zeroizing::new(text.to_owned()))
}

fn only<'a>(mut values: impl Iterator<Item = std::borrow::Cow<'a, str>>) -> Read {
    match (values.next(), values.next()) {
        (None, _) => Read::Absent,
        (Some(value), None) => text(&value),
        _ => Read::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_twice_is_unclear_wherever_it_stands() {
        let headers = vec![("x-a", "1"), ("x-b", "1"), ("x-b", "2")];
        let head = Head::new("GET", "/hook?a=x%20y&b=1&b=2&c", &headers);
        let read = |source: Source, body: &str| source.read(&head, body.as_bytes());
        assert_eq!(read(Source::Query("a"), ""), text("x y"));
        assert_eq!(read(Source::Query("b"), ""), Read::Unclear);
        assert_eq!(read(Source::Query("c"), ""), text(""));
        assert_eq!(read(Source::Query("d"), ""), Read::Absent);
        assert_eq!(read(Source::Header("x-a"), ""), text("1"));
        assert_eq!(read(Source::Header("x-b"), ""), Read::Unclear);
        assert_eq!(read(Source::Json("/a/b"), r#"{"a":{"b":"c"}}"#), text("c"));
        assert_eq!(read(Source::Json("/a"), r#"{"a":"b","a":"c"}"#), Read::Unclear);
        assert_eq!(read(Source::Form("webhook_id"), "webhook_id=12"), text("12"));
        assert_eq!(read(Source::Form("webhook_id"), "webhook_id=12&x=y"), Read::Absent);
    }

    #[test]
    fn a_body_that_is_too_long_says_nothing() {
        let headers: Vec<(&str, &str)> = Vec::new();
        let head = Head::new("POST", "/hook", &headers);
        let long = format!(r#"{{"a":"b","x":"{}"}}"#, "y".repeat(MAX_BODY));
        assert_eq!(Source::Json("/a").read(&head, long.as_bytes()), Read::Absent);
    }
}
