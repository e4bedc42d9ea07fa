//! Public URLs that are not what the sender called.

mod guesses;

use std::net::IpAddr;

use super::probe::Probe;
use super::{Cause, Diagnosis};
use crate::scheme::Proof;
use guesses::{far_paths, hosts, paths, queries, said};

/// The URL that fits, if one near the configured one does.
pub(super) fn wrong(probe: &Probe<'_>) -> Option<Diagnosis> {
    let head = probe.head();
    let received;
    let (configured, is_known) = match configured(probe) {
        Some(url) => (url, true),
        // A scheme that signs the path takes that of the request, where no URL is configured.
        None if matches!(probe.verifier.scheme().proof, Proof::Function(..)) => {
            received = format!("https://{}{}", said(head, "host").unwrap_or_default(), head.target());
            (received.as_str(), false)
        }
        None => return None,
    };
    let known = Parts::of(configured)?;
    let target = Parts::split(head.target());
    let (hosts, paths) = (hosts(head, known.host), paths(head, known.path, target.0));
    let (far, queries) = (far_paths(known.path, target.0), queries(head, known.query, target.1));
    let schemes = [known.scheme, if known.scheme == "https" { "http" } else { "https" }];
    let mut search = Search { probe, known: &known, nearest: None };
    if is_known && head.url().is_none() && search.fits(&known) {
        // The request's own query is none that the configured URL can have, and without it the proof holds.
        return Some(Cause::WrongUrl("query than arrived here".to_owned(), known.without_query()).proven());
    }
    // What a proxy rewrites is seldom everything: one part alone first.
    queries.iter().for_each(|query| search.look(&Parts { query, ..known }));
    paths.iter().chain(&far).for_each(|path| search.look(&Parts { path, ..known }));
    if !is_known {
        let (_, what, url) = search.nearest?;
        return Some(Cause::WrongUrl(what, url).proven());
    }
    hosts.iter().for_each(|host| search.look(&Parts { host, ..known }));
    schemes.iter().for_each(|scheme| search.look(&Parts { scheme, ..known }));
    for scheme in schemes {
        for host in &hosts {
            for path in &paths {
                queries.iter().for_each(|query| search.look(&Parts { scheme, host, path, query }));
            }
        }
    }
    if search.nearest.is_none() {
        for (scheme, host) in schemes.into_iter().flat_map(|scheme| hosts.iter().map(move |host| (scheme, host))) {
            far.iter().for_each(|path| search.look(&Parts { scheme, host, path, ..known }));
        }
    }
    let (_, what, url) = search.nearest?;
    Some(Cause::WrongUrl(what, url).proven())
}

/// The URL as it is configured, as far as the request lets one know it.
pub(super) fn configured<'p>(probe: &'p Probe<'_>) -> Option<&'p str> {
    probe.head().url().or(probe.case.public_url)
}

/// Whether nobody outside can call this URL, so that it cannot be what a sender calls: the server's own view of itself.
pub(super) fn is_inside(url: &str) -> bool {
    let Some(known) = Parts::of(url) else { return false };
    let host = known.host.rsplit_once(':').map_or(known.host, |(host, port)| {
        // What stands behind the colons of an IPv6 address in brackets is no port.
        if port.bytes().all(|byte| byte.is_ascii_digit()) { host } else { known.host }
    });
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
        return match address {
            IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_unspecified(),
            IpAddr::V6(address) => address.is_loopback() || address.is_unspecified() || address.is_unique_local(),
        };
    }
    let host = host.to_ascii_lowercase();
    !host.contains('.') || [".internal", ".local", ".localhost", ".lan"].iter().any(|end| host.ends_with(end))
}

/// URLs that were tried, and the nearest to the configured one that fits.
struct Search<'s, 'p> {
    probe: &'s Probe<'p>,
    known: &'s Parts<'s>,
    nearest: Option<(usize, String, String)>,
}

impl Search<'_, '_> {
    /// Tries a URL, unless one as near fits already.
    fn look(&mut self, parts: &Parts<'_>) {
        let what = self.known.differs(parts);
        let nearer = self.nearest.as_ref().is_none_or(|(count, ..)| what.len() < *count);
        if !what.is_empty() && nearer && self.fits(parts) {
            self.nearest = Some((what.len(), what.join(" and "), parts.without_query()));
        }
    }

    fn fits(&self, Parts { scheme, host, path, query }: &Parts<'_>) -> bool {
        let length = [scheme, host, path, query].iter().map(|part| part.len()).fold(0, usize::saturating_add);
        self.probe.spend(length)
            && self.probe.fits_with_head(&self.probe.head().with_url(&format!("{scheme}://{host}{path}{query}")))
    }
}

/// A URL, taken apart.
#[derive(Clone, Copy)]
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

    fn without_query(&self) -> String {
        format!("{}://{}{}", self.scheme, self.host, self.path)
    }

    /// What of another URL is not as here.
    fn differs(&self, other: &Parts<'_>) -> Vec<&'static str> {
        let name = |host: &str| host.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let host_word = if name(other.host) == name(self.host) { "port" } else { "host" };
        let all = [
            (other.scheme != self.scheme, "scheme"),
            (other.host != self.host, host_word),
            (other.path != self.path, "path"),
            (other.query != self.query, "query"),
        ];
        all.into_iter().filter_map(|(differs, word)| differs.then_some(word)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::guesses::MOST_SAID;
    use super::*;
    use crate::diagnosis::Case;
    use crate::{Head, Provider, Secret, UnixTime};

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

    #[test]
    fn a_url_inside_a_network_is_nobodys_outside() {
        for inside in [
            "http://127.0.0.1:3000/hook",
            "http://localhost:3000/hook",
            "http://[::1]:3000/hook",
            "https://10.1.2.3/hook",
            "https://hooks/hook",
            "https://hooks.internal:8443/hook",
            "https://[fd00::1]/hook",
        ] {
            assert!(is_inside(inside), "{inside}");
        }
        for outside in
            ["https://hooks.example/hook", "https://hooks.example:8443", "https://8.8.8.8/", "https://[2001:db8::1]/"]
        {
            assert!(!is_inside(outside), "{outside}");
        }
    }
}
