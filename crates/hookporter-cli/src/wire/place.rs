//! Where requests go.

use http::Uri;

use crate::failure::Failure;
use crate::output;

/// Host, port and target of a URL.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    authority: String,
    address: String,
    target: String,
}

impl Place {
    /// Reads a URL of plain HTTP; `option` is what it was given with.
    pub(crate) fn parse(option: &str, url: &str) -> Result<Self, Failure> {
        let wrong = |problem: &str| Failure::usage(format!("{option} {}: {problem}", output::escaped(url)));
        let uri: Uri = url.parse().map_err(|_| wrong("is not a URL"))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(wrong("HTTPS is not spoken here; send to the receiver itself, over HTTP")),
            _ => return Err(wrong("does not begin with `http://`")),
        }
        let authority = uri.authority().map_or("", http::uri::Authority::as_str);
        if authority.is_empty() || authority.contains('@') {
            return Err(wrong("needs a host, and takes no user information"));
        }
        let target = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        let address = format!("{}:{}", uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(80));
        Ok(Self { authority: authority.to_owned(), address, target })
    }

    /// As in the header `host`.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Path and query.
    pub(crate) fn target(&self) -> &str {
        &self.target
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        for (url, address, target) in [
            ("http://a.example", "a.example:80", "/"),
            ("http://a.example?x=1", "a.example:80", "/?x=1"),
            ("http://127.0.0.1:3000/in?x=1", "127.0.0.1:3000", "/in?x=1"),
            ("http://[::1]:3000/in", "[::1]:3000", "/in"),
        ] {
            let place = Place::parse("--url", url).unwrap();
            assert_eq!((place.address(), place.target()), (address, target), "{url}");
        }
        for url in ["https://a.example/", "a.example", "http://u@a.example/", "http:///x", ""] {
            assert!(Place::parse("--url", url).is_err(), "{url}");
        }
    }
}
