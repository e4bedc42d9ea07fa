//! What the console answers, with the headers that every answer has.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;

/// What a page may do: show itself and its style sheet, and send its forms here. No script runs, nothing is loaded from
/// elsewhere, and nobody shows it in a frame.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";
/// What anything else may do, should a browser ever show it: nothing.
const DATA_POLICY: &str = "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox";

/// An answer of the console, for an adapter to send.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "an answer is to be sent"]
#[non_exhaustive]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Every header but the length: names in lower case.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// A web page.
    pub(crate) fn page(status: u16, html: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", PAGE_POLICY, html.into())
    }

    /// A value as JSON. What HTML knows as markup is escaped, too, should anything ever take it for HTML.
    pub(crate) fn json(status: u16, value: &impl Serialize) -> Self {
        // Texts and numbers only: there is nothing in it that cannot be written.
        let text = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
        // These stand in texts only.
        let text = text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
        Self::new(status, "application/json", DATA_POLICY, text.into())
    }

    /// Bytes of a sender: to be kept, never to be shown.
    pub(crate) fn download(name: &str, body: Bytes) -> Self {
        let name = format!("attachment; filename=\"{name}\"");
        Self::new(200, "application/octet-stream", DATA_POLICY, body).with("content-disposition", name)
    }

    /// A part of the pages that never changes under its name.
    pub(crate) fn asset(kind: &'static str, body: &'static [u8]) -> Self {
        let mut answer = Self::new(200, kind, DATA_POLICY, Bytes::from_static(body));
        answer.headers.retain(|(name, _)| *name != "cache-control");
        answer.with("cache-control", "private, max-age=31536000, immutable")
    }

    /// Sends a browser elsewhere; relative to where it asked.
    pub(crate) fn elsewhere(location: String) -> Self {
        Self::new(303, "text/plain; charset=utf-8", DATA_POLICY, Bytes::new()).with("location", location)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn new(status: u16, kind: &'static str, policy: &'static str, body: Bytes) -> Self {
        let headers = [
            ("content-type", kind),
            ("content-security-policy", policy),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            // Not `no-referrer`: browsers would call the origin of our own forms `null`, and over plain HTTP that is all they say.
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ];
        Self { status, headers: headers.map(|(name, value)| (name, value.into())).to_vec(), body }
    }
}
