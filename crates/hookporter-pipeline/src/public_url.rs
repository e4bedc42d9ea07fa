//! The public URL: what the sender believes it calls. Configured, never rebuilt from a request's own words.

use hookporter_core::{ConfigError, Head};

/// The public URL of an endpoint.
#[derive(Debug, Clone)]
pub(crate) enum PublicUrl {
    /// Scheme, authority and path; the query comes from the request.
    Full(String),
    /// Scheme and authority; path and query come from the request.
    Origin(String),
}

impl PublicUrl {
    pub(crate) fn full(url: &str) -> Result<Self, ConfigError> {
        check(url)?;
        if url.contains('?') {
            return Err(problem(url, "has a query; the request's own is used"));
        }
        Ok(Self::Full(url.to_owned()))
    }

    pub(crate) fn origin(url: &str) -> Result<Self, ConfigError> {
        let rest = check(url)?;
        let url = url.strip_suffix('/').unwrap_or(url);
        if rest.trim_end_matches('/').contains(['/', '?']) {
            return Err(problem(url, "is more than scheme and host"));
        }
        Ok(Self::Origin(url.to_owned()))
    }

    /// The URL of one request.
    pub(crate) fn of(&self, head: &Head<'_>) -> String {
        match self {
            Self::Full(url) => match head.target().split_once('?') {
                Some((_, query)) => format!("{url}?{query}"),
                None => url.clone(),
            },
            Self::Origin(origin) => format!("{origin}{}", head.target()),
        }
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
        assert_eq!(full.of(&head), "https://a.example:8443/hook?b=1&a=2");
        let origin = PublicUrl::origin("https://a.example/").unwrap();
        assert_eq!(origin.of(&head), "https://a.example/inner?b=1&a=2");
        for bad in ["ftp://a/", "https://", "https://u@a/", "https://a/#x", "https://a/ b", "https://a/?q"] {
            assert!(PublicUrl::full(bad).is_err(), "{bad}");
        }
        assert!(PublicUrl::origin("https://a/b").is_err());
    }
}
