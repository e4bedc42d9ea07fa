//! Parts of URLs that the sender may have called.

use super::Parts;
use crate::{Head, Occurrence};

/// The longest host or path of a header's that is tried; each is a part of many URLs.
pub(super) const MOST_SAID: usize = 2 * 1024;
/// The longest path that is guessed at.
const MOST_GUESSED: usize = 512;
/// Prefixes that proxies and gateways are told to take off, before the path that a server serves.
const PREFIXES: [&str; 14] = [
    "/api",
    "/api/v1",
    "/v1",
    "/webhooks",
    "/webhook",
    "/hooks",
    "/app",
    "/backend",
    "/prod",
    "/production",
    "/staging",
    "/stage",
    "/dev",
    "/default",
];
/// Where proxies say what was called.
const TARGETS: [&str; 4] = ["x-original-uri", "x-original-url", "x-rewrite-url", "x-forwarded-uri"];

/// What a header says of a host or a path, unless it is longer than one is.
pub(super) fn said<'h>(head: &Head<'h>, name: &str) -> Option<&'h str> {
    let Occurrence::Once(value) = head.headers().occurrence(name) else { return None };
    std::str::from_utf8(value).ok().map(str::trim).filter(|text| text.len() <= MOST_SAID)
}

/// Hosts that the sender may have called: the configured one with and without a port, and those that the request names.
pub(super) fn hosts(head: &Head<'_>, configured: &str) -> Vec<String> {
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
    distinct(hosts, 12)
}

/// Paths that the sender may have called: the configured one, the received one, each with and without a slash at its end,
/// behind the prefix that a proxy took off.
pub(super) fn paths(head: &Head<'_>, configured: &str, received: &str) -> Vec<String> {
    let mut paths = vec![configured.to_owned(), received.to_owned()];
    let said = |name: &&str| said(head, name).map(|said| Parts::split(said).0.to_owned());
    for said in ["x-forwarded-prefix"].iter().chain(&TARGETS).filter_map(said) {
        let behind = format!("{}{received}", said.trim_end_matches('/'));
        paths.extend([said, behind]);
    }
    for path in paths.clone() {
        paths.push(path.strip_suffix('/').map_or_else(|| format!("{path}/"), str::to_owned));
    }
    distinct(paths, 12)
}

/// Paths that no header names: behind a usual prefix, without what may be a prefix, with the escapes and the doubled slash
/// that a proxy undoes.
pub(super) fn far_paths(configured: &str, received: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for path in [configured, received].into_iter().filter(|path| path.len() <= MOST_GUESSED) {
        let escaped = escaped(path);
        paths.extend([format!("/{path}"), lower_escapes(&escaped), escaped]);
        // Only what a proxy has put before it: the whole path would be none.
        let slashes = path.match_indices('/').skip(1).take(3);
        paths.extend(slashes.filter_map(|(at, _)| path.get(at..)).filter(|rest| rest.len() > 1).map(str::to_owned));
        paths.extend(PREFIXES.iter().map(|prefix| format!("{prefix}{path}")));
    }
    paths.retain(|path| path != configured);
    distinct(paths, 48)
}

/// A path as JavaScript's `encodeURIComponent` escapes its parts.
fn escaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.!~*'()%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// `path` with its escapes as `%2f`.
fn lower_escapes(path: &str) -> String {
    let mut parts = path.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        out.extend(["%", &digits.to_ascii_lowercase(), rest]);
    }
    out
}

/// Queries that the sender may have called: the configured one, the received one, those that a proxy names, none, and each
/// in another order.
pub(super) fn queries(head: &Head<'_>, configured: &str, received: &str) -> Vec<String> {
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
    queries.extend(TARGETS.iter().filter_map(|name| said(head, name)).map(|said| Parts::split(said).1.to_owned()));
    for query in [configured, received] {
        queries.extend([sorted(query), reversed(query)].into_iter().flatten());
    }
    distinct(queries, 12)
}

/// Each once, in order, and no more than so many.
fn distinct(all: Vec<String>, most: usize) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for text in all {
        if !once.contains(&text) && once.len() < most {
            once.push(text);
        }
    }
    once
}
