//! Public URLs that are not what the sender called.

use super::probe::Probe;
use super::{Cause, Diagnosis};
use crate::{Head, Occurrence};

/// The longest host or path of a header's that is tried; each is a part of many URLs.
const MOST_SAID: usize = 2 * 1024;

/// The URL that fits, if one near the configured one does.
pub(super) fn wrong(probe: &Probe<'_>) -> Option<Diagnosis> {
    let head = probe.head();
    let configured = head.url()?;
    let known = Parts::of(configured)?;
    let target = Parts::split(head.target());
    let hosts = hosts(head, known.host);
    let paths = paths(head, known.path, target.0);
    let queries = queries(known.query, target.1);
    let mut found: Option<(usize, String, String)> = None;
    for scheme in [known.scheme, if known.scheme == "https" { "http" } else { "https" }] {
        for host in &hosts {
            for path in &paths {
                for query in &queries {
                    let what = known.differs(scheme, host, path, query);
                    // The nearest URL that fits: what a proxy rewrites is seldom everything.
                    let nearer = found.as_ref().is_none_or(|(count, ..)| what.len() < *count);
                    let length =
                        [scheme, host, path, query].iter().map(|part| part.len()).fold(0, usize::saturating_add);
                    if what.is_empty() || !nearer || !probe.spend(length) {
                        continue;
                    }
                    let url = format!("{scheme}://{host}{path}{query}");
                    if probe.fits_with_head(&head.with_url(&url)) {
                        found = Some((what.len(), what.join(" and "), format!("{scheme}://{host}{path}")));
                    }
                }
            }
        }
    }
    found.map(|(_, what, url)| Cause::WrongUrl(what, url).proven())
}

/// A URL, taken apart.
struct Parts<'u> {
    scheme: &'u str,
    host: &'u str,
    path: &'u str,
    query: &'u str,
}

impl<'u> Parts<'u> {
    fn of(url: &'u str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (host, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (path, query) = Self::split(rest);
        Some(Self { scheme, host, path, query })
    }

    /// The path, and the query with its `?`.
    fn split(target: &str) -> (&str, &str) {
        target.split_at(target.find('?').unwrap_or(target.len()))
    }

    /// What of another URL is not as here.
    fn differs(&self, scheme: &str, host: &str, path: &str, query: &str) -> Vec<&'static str> {
        let name = |host: &str| host.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let host_word = if name(host) == name(self.host) { "port" } else { "host" };
        let all = [
            (scheme != self.scheme, "scheme"),
            (host != self.host, host_word),
            (path != self.path, "path"),
            (query != self.query, "query"),
        ];
        all.into_iter().filter_map(|(differs, word)| differs.then_some(word)).collect()
    }
}

/// What a header says of a host or a path, unless it is longer than one is.
fn said<'h>(head: &Head<'h>, name: &str) -> Option<&'h str> {
    let Occurrence::Once(value) = head.headers().occurrence(name) else { return None };
    std::str::from_utf8(value).ok().map(str::trim).filter(|text| text.len() <= MOST_SAID)
}

/// Hosts that the sender may have called: the configured one with and without a port, and those that the request names.
fn hosts(head: &Head<'_>, configured: &str) -> Vec<String> {
    let said = |name: &str| said(head, name).map(str::to_owned);
    let bare = |host: &str| host.rsplit_once(':').map_or_else(|| host.to_owned(), |(host, _)| host.to_owned());
    let mut hosts = vec![configured.to_owned()];
    hosts.extend(["host", "x-forwarded-host", "x-original-host"].into_iter().filter_map(said));
    for host in hosts.clone() {
        let host = bare(&host);
        hosts.extend([format!("{host}:443"), format!("{host}:80"), host.to_ascii_lowercase(), host]);
    }
    if let Some(port) = said("x-forwarded-port") {
        hosts.push(format!("{}:{port}", bare(configured)));
    }
    distinct(hosts)
}

/// Paths that the sender may have called: the configured one, the received one, each with and without a slash at its end,
/// behind the prefix that a proxy took off.
fn paths(head: &Head<'_>, configured: &str, received: &str) -> Vec<String> {
    let mut paths = vec![configured.to_owned(), received.to_owned()];
    for name in ["x-forwarded-prefix", "x-original-uri", "x-original-url", "x-rewrite-url", "x-forwarded-uri"] {
        if let Some(said) = said(head, name) {
            let said = Parts::split(said).0;
            paths.extend([said.to_owned(), format!("{}{received}", said.trim_end_matches('/'))]);
        }
    }
    for path in paths.clone() {
        paths.push(path.strip_suffix('/').map_or_else(|| format!("{path}/"), str::to_owned));
    }
    distinct(paths)
}

/// Queries that the sender may have called: the configured one, the received one, none, and both in another order.
fn queries(configured: &str, received: &str) -> Vec<String> {
    let sorted = |query: &str| {
        let mut pairs: Vec<_> = query.strip_prefix('?')?.split('&').collect();
        pairs.sort_unstable();
        Some(format!("?{}", pairs.join("&")))
    };
    let reversed = |query: &str| {
        let pairs: Vec<_> = query.strip_prefix('?')?.split('&').rev().collect();
        Some(format!("?{}", pairs.join("&")))
    };
    let mut queries = vec![configured.to_owned(), received.to_owned(), String::new()];
    for query in [configured, received] {
        queries.extend([sorted(query), reversed(query)].into_iter().flatten());
    }
    distinct(queries)
}

/// Each once, in order, and no more than a handful.
fn distinct(all: Vec<String>) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for text in all {
        if !once.contains(&text) && once.len() < 12 {
            once.push(text);
        }
    }
    once
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::Case;
    use crate::{Provider, Secret, UnixTime};

    #[test]
    fn what_a_header_says_at_great_length_is_in_no_url() {
        let of = |length: usize| {
            let long = "a".repeat(length);
            let names = ["host", "x-forwarded-host", "x-forwarded-port", "x-forwarded-prefix", "x-original-uri"];
            let headers: Vec<_> = names.map(|name| (name.to_owned(), long.clone().into_bytes())).into();
            let head = Head::new("POST", "/hook", &headers);
            let all = [hosts(&head, "a.example"), paths(&head, "/hook", "/hook")].concat();
            all.iter().map(String::len).max().unwrap()
        };
        assert!(of(MOST_SAID) >= MOST_SAID);
        assert!(of(MOST_SAID + 1) < 100);
    }

    #[test]
    fn urls_cost_their_bytes() {
        let verifier = Provider::by_id("square").unwrap().verifier().unwrap();
        let keys = Secret::weak("a key of nobody's").into();
        let headers = vec![
            ("x-square-hmacsha256-signature".to_owned(), b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_vec()),
            ("x-forwarded-host".to_owned(), "b".repeat(MOST_SAID).into_bytes()),
        ];
        let target = format!("/hook?{}", "q".repeat(60_000));
        let head = Head::new("POST", &target, &headers).with_url("https://a.example/hook");
        let case = Case::new(&verifier, &keys, head, b"{}", UnixTime::from_secs(0));
        let probe = Probe::new(&case);
        assert_eq!(wrong(&probe), None);
        let spent = Probe::new(&case).left() - probe.left();
        // Dozens of URLs carry the query; each is written, and hashed.
        assert!(spent > 20 * 2 * target.len(), "{spent}");
    }
}
