//! The public URL: what the sender believes it calls. Configured, never rebuilt from a request's own words, unless a
//! proxy that the user named has written them.

use hookporter_core::{ConfigError, Head};

use crate::proxies::Called;

/// The public URL of an endpoint.
#[derive(Debug, Clone)]
pub(crate) struct PublicUrl {
    scheme: &'static str,
    /// Host and port.
    authority: String,
    /// Path, and where it was configured query; without one both come from the request.
    path: Option<(String, Option<String>)>,
}

impl PublicUrl {
    pub(crate) fn full(url: &str) -> Result<Self, ConfigError> {
        let (scheme, authority, rest) = check(url)?;
        let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query.to_owned())));
        Ok(Self { scheme, authority: authority.to_owned(), path: Some((path.to_owned(), query)) })
    }

    pub(crate) fn origin(url: &str) -> Result<Self, ConfigError> {
        let (scheme, authority, rest) = check(url)?;
        if !matches!(rest, "" | "/") {
            return Err(problem(url, "is more than scheme and host"));
        }
        Ok(Self { scheme, authority: authority.to_owned(), path: None })
    }

    /// The URL as it was configured, where it is a whole one.
    #[cfg(feature = "diagnosis")]
    pub(crate) fn configured(&self) -> Option<String> {
        let (path, query) = self.path.as_ref()?;
        let (mark, query) = query.as_deref().map_or(("", ""), |query| ("?", query));
        Some(format!("{}://{}{path}{mark}{query}", self.scheme, self.authority))
    }

    /// The URL of one request; `None` where its query cannot be the sender's. Scheme and host are as configured, unless
    /// a trusted proxy has said what was `called`.
    ///
    /// A query comes from the request, since senders add to it; one that was configured must be the beginning of it. A
    /// `fixed` URL has exactly the configured query: where nothing separates URL and body in the signed bytes, bytes of
    /// a body could otherwise be moved into the query.
    pub(crate) fn of(&self, head: &Head<'_>, called: Called<'_>, fixed: bool) -> Option<String> {
        let scheme = called.scheme.unwrap_or(self.scheme);
        let authority = called.host.unwrap_or(&self.authority);
        let Some((path, configured)) = &self.path else {
            return (!fixed).then(|| format!("{scheme}://{authority}{}", head.target()));
        };
        let query = match (configured.as_deref(), head.target().split_once('?').map(|(_, query)| query)) {
            (None, None) => None,
            (Some(_), None) => return None,
            (None, Some(_)) if fixed => return None,
            (None, received) => received,
            (Some(configured), Some(received)) => {
                let rest = received.strip_prefix(configured)?;
                let added = rest.starts_with('&') && !fixed;
                (rest.is_empty() || added).then_some(Some(received))?
            }
        };
        let (mark, query) = query.map_or(("", ""), |query| ("?", query));
        Some(format!("{scheme}://{authority}{path}{mark}{query}"))
    }
}

/// Scheme, authority and the rest, if the URL can be a webhook's.
fn check(url: &str) -> Result<(&'static str, &str, &str), ConfigError> {
    let after = |scheme| Some((scheme, url.strip_prefix(scheme)?.strip_prefix("://")?));
    let (scheme, rest) = after("https")
        .or_else(|| after("http"))
        .ok_or_else(|| problem(url, "does not begin with `https://` (or `http://`)"))?;
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    if authority.is_empty() {
        return Err(problem(url, "has no host"));
    }
    if authority.contains('@') {
        return Err(problem(url, "has user information"));
    }
    if url.contains('#') {
        return Err(problem(url, "has a fragment"));
    }
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(problem(url, "has characters that no URL has"));
    }
    Ok((scheme, authority, path))
}

fn problem(url: &str, problem: &'static str) -> ConfigError {
    ConfigError::PublicUrl { url: url.to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Called<'_> = Called { scheme: None, host: None };

    #[test]
    fn a_trusted_proxy_says_scheme_and_host_and_nothing_else() {
        let none: Vec<(&str, &str)> = Vec::new();
        let head = Head::new("POST", "/inner?b=1", &none);
        let called = Called { scheme: Some("http"), host: Some("b.example:81") };
        let full = PublicUrl::full("https://a.example/hook").unwrap();
        assert_eq!(full.of(&head, called, false).as_deref(), Some("http://b.example:81/hook?b=1"));
        let host = Called { scheme: None, ..called };
        assert_eq!(full.of(&head, host, false).as_deref(), Some("https://b.example:81/hook?b=1"));
        let origin = PublicUrl::origin("https://a.example").unwrap();
        assert_eq!(origin.of(&head, called, false).as_deref(), Some("http://b.example:81/inner?b=1"));
        assert_eq!(full.of(&head, called, true), None, "a fixed URL has no query of the request's");
    }

    #[test]
    fn only_the_query_and_where_asked_the_path_come_from_the_request() {
        let headers = vec![("host", "evil.example"), ("x-forwarded-proto", "http")];
        let head = Head::new("POST", "/inner?b=1&a=2", &headers);
        let full = PublicUrl::full("https://a.example:8443/hook").unwrap();
        assert_eq!(full.of(&head, NONE, false).as_deref(), Some("https://a.example:8443/hook?b=1&a=2"));
        assert_eq!(full.of(&head, NONE, true), None);
        let origin = PublicUrl::origin("https://a.example/").unwrap();
        assert_eq!(origin.of(&head, NONE, false).as_deref(), Some("https://a.example/inner?b=1&a=2"));
        for bad in ["ftp://a/", "https://", "https://u@a/", "https://a/#x", "https://a/ b"] {
            assert!(PublicUrl::full(bad).is_err(), "{bad}");
        }
        assert!(PublicUrl::origin("https://a/b").is_err());
    }

    #[test]
    fn a_configured_query_is_the_beginning_of_the_requests_own() {
        let none: Vec<(&str, &str)> = Vec::new();
        let full = PublicUrl::full("https://a.example/hook?x=1").unwrap();
        let of = |target: &str, fixed| full.of(&Head::new("POST", target, &none), NONE, fixed);
        assert_eq!(of("/hook?x=1", true).as_deref(), Some("https://a.example/hook?x=1"));
        assert_eq!(of("/hook?x=1&y=2", false).as_deref(), Some("https://a.example/hook?x=1&y=2"));
        for other in ["/hook", "/hook?x=12", "/hook?y=2&x=1", "/hook?x=", "/hook?"] {
            assert_eq!(of(other, false), None, "{other}");
        }
        assert_eq!(of("/hook?x=1&y=2", true), None);
    }
}
