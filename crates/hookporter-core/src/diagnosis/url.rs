//! Public URLs that are not what the sender called.

use super::probe::Probe;
use super::{Cause, Diagnosis};
use crate::{Head, Occurrence};

/// The URL that fits, if one near the configured one does.
pub(super) fn wrong(probe: &Probe<'_>) -> Option<Diagnosis> {
    let head = probe.head();
    let configured = head.url()?;
    let known = Parts::of(configured)?;
    let target = Parts::split(head.target());
    let mut found: Option<(usize, String, String)> = None;
    for scheme in [known.scheme, if known.scheme == "https" { "http" } else { "https" }] {
        for host in hosts(head, known.host) {
            for path in paths(head, known.path, target.0) {
                for query in queries(known.query, target.1) {
                    let url = format!("{scheme}://{host}{path}{query}");
                    let what = known.differs(scheme, &host, &path, &query);
                    // The nearest URL that fits: what a proxy rewrites is seldom everything.
                    let nearer = found.as_ref().is_none_or(|(count, ..)| what.len() < *count);
                    if url != configured && nearer && probe.fits_with_head(&head.with_url(&url)) {
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

/// Hosts that the sender may have called: the configured one with and without a port, and those that the request names.
fn hosts(head: &Head<'_>, configured: &str) -> Vec<String> {
    let said = |name: &str| match head.headers().occurrence(name) {
        Occurrence::Once(value) => std::str::from_utf8(value).ok().map(|text| text.trim().to_owned()),
        _ => None,
    };
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
        if let Occurrence::Once(value) = head.headers().occurrence(name)
            && let Ok(said) = std::str::from_utf8(value)
        {
            let said = Parts::split(said.trim()).0;
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
