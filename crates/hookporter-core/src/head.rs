//! The head of a request: everything that is known before its body.

use std::fmt;

use crate::Headers;

/// What a check judges before the body is read: method, target, public URL and headers.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    method: &'a str,
    target: &'a str,
    url: Option<&'a str>,
    headers: &'a dyn Headers,
}

impl<'a> Head<'a> {
    /// A head with a method (`POST`), a request target (path and query, as received) and headers.
    #[must_use]
    pub fn new(method: &'a str, target: &'a str, headers: &'a dyn Headers) -> Self {
        Self { method, target, url: None, headers }
    }

    /// Sets the public URL of this request: what the sender believes it called.
    ///
    /// Schemes that sign the URL read it from here and from nowhere else; `Host` and forwarded headers are the
    /// sender's own words. Default: none.
    #[must_use]
    pub fn with_url(self, url: &'a str) -> Self {
        Self { url: Some(url), ..self }
    }

    /// The method, as received.
    #[must_use]
    pub fn method(&self) -> &'a str {
        self.method
    }

    /// The path, without the query.
    #[must_use]
    pub fn path(&self) -> &'a str {
        without_query(self.target)
    }

    /// Path and query, as received.
    #[must_use]
    pub fn target(&self) -> &'a str {
        self.target
    }

    /// The public URL, where one was configured.
    #[must_use]
    pub fn url(&self) -> Option<&'a str> {
        self.url
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &'a dyn Headers {
        self.headers
    }
}

impl fmt::Debug for Head<'_> {
    // Headers and query stay out, that of the public URL too: a secret may be in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("method", &self.method)
            .field("path", &without_query(self.target))
            .field("url", &self.url.map(without_query))
            .finish_non_exhaustive()
    }
}

fn without_query(target: &str) -> &str {
    target.split_once('?').map_or(target, |(path, _)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_shows_no_header_and_no_query() {
        let headers = vec![("authorization", "secret-1")];
        let head = Head::new("POST", "/hook?code=secret-2", &headers).with_url("https://a.example/hook?code=secret-3");
        let printed = format!("{head:?}");
        assert!(!printed.contains("secret"), "{printed}");
        assert!(printed.contains("https://a.example/hook"), "{printed}");
    }
}
