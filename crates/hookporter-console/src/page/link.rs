//! Addresses below the mount, with their queries.

use std::borrow::Cow;

use form_urlencoded::{Serializer, byte_serialize};

/// A page below the mount, and what it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    path: String,
    query: Vec<(Cow<'static, str>, String)>,
}

impl Link {
    /// The page of this path, whose segments are encoded already.
    pub(crate) fn to(path: impl Into<String>) -> Self {
        Self { path: path.into(), query: Vec::new() }
    }

    /// Asks for something; an empty value is none.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "numbers and words are given as they stand")]
    pub(crate) fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl ToString) -> Self {
        let value = value.to_string();
        if !value.is_empty() {
            self.query.push((name.into(), value));
        }
        self
    }

    /// As [`Link::with`], of something that may not be asked for.
    #[must_use]
    pub(crate) fn maybe(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The address below the mount: letters, digits and `/-._~%?=&+` only.
    pub(crate) fn below(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let query = Serializer::new(String::new()).extend_pairs(&self.query).finish();
        // The one letter that this encoding leaves as it is and that a way back must not have.
        format!("{}?{}", self.path, query.replace('*', "%2A"))
    }
}

/// A segment of a path. A name that is nothing but dots would be a step, not a name.
pub(crate) fn segment(name: &str) -> String {
    let encoded: String = byte_serialize(name.as_bytes()).collect();
    let encoded = encoded.replace('+', "%20").replace('*', "%2A");
    if encoded.bytes().all(|byte| byte == b'.') { encoded.replace('.', "%2E") } else { encoded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sender_chose_stays_a_value() {
        let link = Link::to("events").with("type", "a&b=c d*\"<é").with("tenant", "").maybe("endpoint", Some("x"));
        assert_eq!(link.below(), "events?type=a%26b%3Dc+d%2A%22%3C%C3%A9&endpoint=x");
        assert_eq!(Link::to("keys").below(), "keys");
    }

    #[test]
    fn a_name_is_one_segment() {
        assert_eq!(
            [segment("a/b c"), segment(".."), segment("stripe-eu"), segment("a?b#c")],
            ["a%2Fb%20c", "%2E%2E", "stripe-eu", "a%3Fb%23c"]
        );
    }
}
