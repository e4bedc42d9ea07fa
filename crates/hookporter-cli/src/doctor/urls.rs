//! Other URLs that a server may take a request to have been sent to.

/// The URLs that people and proxies take for this one, those with the fewest changes first: the other scheme, with or without a
/// port, the host of the server itself, with or without a slash at the end.
pub(super) fn variants(public: &str, server: &str) -> Vec<String> {
    let (Some(called), Some(own)) = (Parts::of(public), Parts::of(server)) else { return Vec::new() };
    let mut found: Vec<(usize, String)> = Vec::new();
    let other = if called.scheme == "https" { "http" } else { "https" };
    for scheme in [called.scheme, other] {
        for authority in authorities(&called, &own, scheme) {
            for path in paths(&called, &own) {
                let changes = [scheme != called.scheme, authority != called.authority, path != called.path];
                let url = format!("{scheme}://{authority}{path}{}", called.query);
                if url != public && !found.iter().any(|(_, known)| *known == url) {
                    found.push((changes.into_iter().filter(|changed| *changed).count(), url));
                }
            }
        }
    }
    found.sort_by_key(|(changes, _)| *changes);
    found.into_iter().map(|(_, url)| url).collect()
}

/// A URL, taken apart.
struct Parts<'a> {
    scheme: &'a str,
    authority: &'a str,
    path: &'a str,
    /// With its question mark.
    query: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let rest = rest.split('#').next()?;
        let path = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(path)?;
        let (path, query) = rest.split_at_checked(rest.find('?').unwrap_or(rest.len()))?;
        Some(Self { scheme, authority, path, query })
    }

    /// The host, without a port.
    fn host(&self) -> &'a str {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => self.authority,
        }
    }
}

fn authorities(called: &Parts<'_>, own: &Parts<'_>, scheme: &str) -> Vec<String> {
    let host = called.host();
    let usual = if scheme == "https" { 443 } else { 80 };
    let bare = host.to_owned();
    vec![called.authority.to_owned(), bare, format!("{host}:{usual}"), own.authority.to_owned(), own.host().to_owned()]
}

fn paths(called: &Parts<'_>, own: &Parts<'_>) -> Vec<String> {
    let slash = match called.path.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{}/", called.path),
    };
    vec![called.path.to_owned(), slash, own.path.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_least_is_tried_first() {
        let found = variants("https://hooks.example/twilio?x=1", "http://127.0.0.1:3000/in");
        for url in [
            "http://hooks.example/twilio?x=1",
            "https://hooks.example:443/twilio?x=1",
            "https://hooks.example/twilio/?x=1",
            "http://127.0.0.1:3000/twilio?x=1",
            "http://127.0.0.1:3000/in?x=1",
            "http://hooks.example:80/in?x=1",
        ] {
            assert!(found.iter().any(|known| known == url), "{url}: {found:?}");
        }
        assert!(found.len() < 30 && !found.iter().any(|url| url == "https://hooks.example/twilio?x=1"), "{found:?}");
        let position = |url: &str| found.iter().position(|known| known == url).unwrap();
        assert!(position("http://hooks.example/twilio?x=1") < position("http://127.0.0.1:3000/in?x=1"));
        assert!(
            variants("https://a.example:8443/x/", "http://a.example/x").contains(&"https://a.example/x".to_owned())
        );
        assert!(variants("no url", "http://a.example/").is_empty());
    }
}
