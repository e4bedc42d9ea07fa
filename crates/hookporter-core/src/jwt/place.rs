//! Where a request carries its token.

use std::borrow::Cow;
use std::sync::Arc;

use super::object::{Flaw, Object};
use crate::papers;
use crate::scheme::encoding::MAX_TEXT;
use crate::{Head, Header, Reason, Rejection};

/// Where a request carries its token.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// A member of the JSON object that the body is.
    Member(Arc<str>),
    /// A header, after its prefix.
    Header(Header),
}

impl Place {
    /// The token's text: whatever stands there, not yet known to be a token.
    pub(super) fn token<'a>(&self, head: &Head<'a>, body: &'a [u8]) -> Result<Cow<'a, str>, Rejection> {
        match self {
            Self::Header(header) => Self::token_in_header(header, head).map(Cow::Borrowed),
            Self::Member(name) => Self::token_in_body(name, body).map(Cow::Owned),
        }
    }

    pub(super) fn token_in_header<'a>(header: &Header, head: &Head<'a>) -> Result<&'a str, Rejection> {
        let name = &header.name;
        let value = papers::once(head.headers(), name)?;
        if value.len() > MAX_TEXT {
            return Err(Rejection::shape(name, "is too long for any token"));
        }
        let token = papers::after_prefix(value, &header.prefix)
            .ok_or_else(|| Rejection::shape(name, "does not begin with its prefix"))?;
        std::str::from_utf8(token).map_err(|_| Rejection::shape(name, "is no text"))
    }

    fn token_in_body(name: &str, body: &[u8]) -> Result<String, Rejection> {
        let malformed = |what| Rejection::detail(Reason::MalformedBody, what);
        let text = std::str::from_utf8(body).map_err(|_| malformed("the body is no JSON"))?;
        let mut object = Object::read(text, |member| member == name).map_err(|flaw| {
            malformed(match flaw {
                Flaw::NotJson => "the body is no JSON",
                Flaw::NotAnObject => "the body is no JSON object",
                Flaw::Repeated => "a member of the body stands twice",
            })
        })?;
        match object.take(name) {
            Some(serde_json::Value::String(token)) => Ok(token),
            Some(_) => Err(malformed("the body's token is no string")),
            None => Err(malformed("the body holds no token")),
        }
    }
}
