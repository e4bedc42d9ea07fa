//! The public URL: what the sender believes it calls. Configured, never rebuilt from a request's own words.

use hookporter_core::{ConfigError, Head};

/// The public URL of an endpoint.
#[derive(Debug, Clone)]
pub(crate) enum PublicUrl {
    /// Scheme, authority and path, and where it was configured the query.
    Full { url: String, query: Option<String> },
    /// Scheme and authority; path and query come from the request.
    Origin(String),
}

impl PublicUrl {
    pub(crate) fn full(url: &str) -> Result<Self, ConfigError> {
        check(url)?;
        let (url, query) = url.split_once('?').map_or((url, None), |(url, query)| (url, Some(query.to_owned())));
        Ok(Self::Full { url: url.to_owned(), query })
    }

    pub(crate) fn origin(url: &str) -> Result<Self, ConfigError> {
        let rest = check(url)?;
        let url = url.strip_suffix('/').unwrap_or(url);
        if rest.trim_end_matches('/').contains(['/', '?']) {
            return Err(problem(url, "is more than scheme and host"));
        }
        Ok(Self::Origin(url.to_owned()))
    }

    /// The URL of one request; `None` where its query cannot be the sender's.
    ///
    /// A query comes from the request, since senders add to it; one that was configured must be the beginning of it. A
    /// `fixed` URL has exactly the configured query: where nothing separates URL and body in the signed bytes, bytes of
    /// a body could otherwise be moved into the query.
    pub(crate) fn of(&self, head: &Head<'_>, fixed: bool) -> Option<String> {
        let (url, configured) = match self {
            Self::Origin(origin) => return (!fixed).then(|| format!("{origin}{}", head.target())),
            Self::Full { url, query } => (url, query.as_deref()),
        };
        let query = match (configured, head.target().split_once('?').map(|(_, query)| query)) {
            (configured, None) => configured,
            (None, Some(_)) if fixed => return None,
            (None, received) => received,
            (Some(configured), Some(received)) => {
                let rest = received.strip_prefix(configured)?;
                let added = rest.starts_with('&') && !fixed;
                (rest.is_empty() || added).then_some(Some(received))?
            }
        };
        Some(query.map_or_else(|| url.clone(), |query| format!("{url}?{query}")))
    }
}

/// What stands behind the scheme, if the URL can be a webhook's.
fn check(url: &str) -> Result<&str, ConfigError> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
        .ok_or_else(|| problem(url, "does not begin with `https://` (or `http://`)"))?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
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
    Ok(rest)
}

fn problem(url: &str, problem: &'static str) -> ConfigError {
    ConfigError::PublicUrl { url: url.to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_query_and_where_asked_the_path_come_from_the_request() {
        let headers = vec![("host", "evil.example"), ("x-forwarded-proto", "http")];
        let head = Head::new("POST", "/inner?b=1&a=2", &headers);
        let full = PublicUrl::full("https://a.example:8443/hook").unwrap();
        assert_eq!(full.of(&head, false).as_deref(), Some("https://a.example:8443/hook?b=1&a=2"));
        assert_eq!(full.of(&head, true), None);
        let origin = PublicUrl::origin("https://a.example/").unwrap();
        assert_eq!(origin.of(&head, false).as_deref(), Some("https://a.example/inner?b=1&a=2"));
        for bad in ["ftp://a/", "https://", "https://u@a/", "https://a/#x", "https://a/ b"] {
            assert!(PublicUrl::full(bad).is_err(), "{bad}");
        }
        assert!(PublicUrl::origin("https://a/b").is_err());
    }

    #[test]
    fn a_configured_query_is_the_beginning_of_the_requests_own() {
        let none: Vec<(&str, &str)> = Vec::new();
        let full = PublicUrl::full("https://a.example/hook?x=1").unwrap();
        let of = |target: &str, fixed| full.of(&Head::new("POST", target, &none), fixed);
        assert_eq!(of("/hook?x=1", true).as_deref(), Some("https://a.example/hook?x=1"));
        assert_eq!(of("/hook", true).as_deref(), Some("https://a.example/hook?x=1"));
        assert_eq!(of("/hook?x=1&y=2", false).as_deref(), Some("https://a.example/hook?x=1&y=2"));
        for other in ["/hook?x=12", "/hook?y=2&x=1", "/hook?x=", "/hook?"] {
            assert_eq!(of(other, false), None, "{other}");
        }
        assert_eq!(of("/hook?x=1&y=2", true), None);
    }
}
