//! The proxies in front: those whose word on scheme and host of the public URL counts.

use std::net::IpAddr;
use std::sync::Arc;

use hookporter_core::{ConfigError, Evidence, Head, Headers, Occurrence, Reason, Rejection};
use ipnet::IpNet;

/// Proxies in front of the server, by address, whose word on scheme and host of the public URL counts.
///
/// They are for endpoints that are called under several hosts; with one host the configured public URL is all it takes.
/// Every proxy that is named here must **replace** the headers that it is named for: one that passes the sender's own on
/// lets a stranger choose among the [hosts](Proxies::hosts).
///
/// ```
/// use hookporter_core::Secret;
/// use hookporter_pipeline::{Endpoint, Proxies};
///
/// let endpoint = Endpoint::twilio(Secret::new("a secret that is long enough here"), "https://hooks.example/sms")?
///     .trusted_proxies(Proxies::x_forwarded(["10.0.0.0/8", "fd00::/8"])?.hosts(["eu.hooks.example"]));
/// # Ok::<(), hookporter_core::ConfigError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Proxies {
    networks: Arc<[IpNet]>,
    spelling: Spelling,
    hosts: Hosts,
}

#[derive(Debug, Clone, Copy)]
enum Spelling {
    /// `X-Forwarded-Proto` and `X-Forwarded-Host`.
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The hosts that a proxy may say.
#[derive(Debug, Clone)]
enum Hosts {
    OneOf(Arc<[String]>),
    Any,
}

impl Hosts {
    fn contain(&self, host: &str) -> bool {
        match self {
            Self::OneOf(hosts) => hosts.iter().any(|known| known.eq_ignore_ascii_case(host)),
            Self::Any => true,
        }
    }
}

/// What a proxy says that the sender called; what it does not say is as configured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Called<'h> {
    pub(crate) scheme: Option<&'h str>,
    pub(crate) host: Option<&'h str>,
}

impl Proxies {
    /// Proxies that say the scheme in `X-Forwarded-Proto` and the host, with its port unless it is the usual one, in
    /// `X-Forwarded-Host`. The addresses are single ones or networks: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`.
    ///
    /// # Errors
    /// [`ConfigError::Setting`] for what is neither, and for none at all.
    pub fn x_forwarded<S: AsRef<str>>(networks: impl IntoIterator<Item = S>) -> Result<Self, ConfigError> {
        Self::new(networks, Spelling::XForwarded)
    }

    /// Proxies that say both in `Forwarded` (RFC 7239): `proto=https;host=hooks.example`. The addresses as for
    /// [`Proxies::x_forwarded`].
    ///
    /// # Errors
    /// As for [`Proxies::x_forwarded`].
    pub fn forwarded<S: AsRef<str>>(networks: impl IntoIterator<Item = S>) -> Result<Self, ConfigError> {
        Self::new(networks, Spelling::Forwarded)
    }

    fn new<S: AsRef<str>>(networks: impl IntoIterator<Item = S>, spelling: Spelling) -> Result<Self, ConfigError> {
        Ok(Self { networks: parsed(networks)?, spelling, hosts: Hosts::OneOf(Arc::default()) })
    }

    /// The hosts that they may say, as they stand in a URL: `eu.hooks.example`, `hooks.example:8443`. In place of another
    /// one the configured host counts. Default: none, so that the scheme alone is theirs to say.
    #[must_use]
    pub fn hosts<S: Into<String>>(self, hosts: impl IntoIterator<Item = S>) -> Self {
        Self { hosts: Hosts::OneOf(hosts.into_iter().map(Into::into).collect()), ..self }
    }

    /// Takes whatever host they say, for hosts that nobody can list. Where a proxy passes a stranger's host on, a request
    /// that was signed for **any** URL under the same secret is accepted here.
    #[must_use]
    pub fn insecure_any_host(self) -> Self {
        Self { hosts: Hosts::Any, ..self }
    }

    /// Whether the other end of a connection is one of them.
    pub(crate) fn contain(&self, peer: IpAddr) -> bool {
        // A socket that takes both kinds sees IPv4 as mapped IPv6.
        let peer = peer.to_canonical();
        self.networks.iter().any(|network| network.contains(&peer))
    }

    /// What one of them says of a request.
    ///
    /// A header that stands twice, or that names several, is refused: which of them the proxy wrote cannot be told.
    pub(crate) fn called<'h>(&self, head: &Head<'h>) -> Result<Called<'h>, Rejection> {
        let Called { scheme, host } = match self.spelling {
            Spelling::XForwarded => Called {
                scheme: one(head.headers(), PROTO)?.map(|text| scheme(PROTO, text)).transpose()?,
                host: one(head.headers(), HOST)?.map(|text| host(HOST, text)).transpose()?,
            },
            Spelling::Forwarded => one(head.headers(), FORWARDED)?.map(element).transpose()?.unwrap_or_default(),
        };
        Ok(Called { scheme, host: host.filter(|host| self.hosts.contain(host)) })
    }
}

const PROTO: &str = "x-forwarded-proto";
const HOST: &str = "x-forwarded-host";
const FORWARDED: &str = "forwarded";

fn parsed<S: AsRef<str>>(networks: impl IntoIterator<Item = S>) -> Result<Arc<[IpNet]>, ConfigError> {
    let problem = |problem| ConfigError::Setting { setting: "trusted_proxies", problem };
    let parse = |text: &str| {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map_err(|_| problem(format!("`{}` is neither an address nor a network", text.escape_debug())))
    };
    let networks: Arc<[IpNet]> = networks.into_iter().map(|text| parse(text.as_ref())).collect::<Result<_, _>>()?;
    if networks.is_empty() {
        return Err(problem("names no proxy".to_owned()));
    }
    Ok(networks)
}

/// The text of a header that stands once, if it is there.
fn one<'h>(headers: &'h dyn Headers, name: &'static str) -> Result<Option<&'h str>, Rejection> {
    match headers.occurrence(name) {
        Occurrence::Absent => Ok(None),
        Occurrence::Repeated => {
            Err(Rejection::new(Reason::RepeatedHeader).with_evidence(Evidence::Header(name.into())))
        }
        Occurrence::Once(value) => {
            std::str::from_utf8(value).map(|text| Some(text.trim())).map_err(|_| malformed(name, "is not text"))
        }
    }
}

fn scheme<'h>(header: &'static str, text: &'h str) -> Result<&'h str, Rejection> {
    match text {
        "https" | "http" => Ok(text),
        _ => Err(malformed(header, "says neither `https` nor `http`, or says several")),
    }
}

/// A host as a URL has it, with or without a port; nothing else can come into the URL by it.
fn host<'h>(header: &'static str, text: &'h str) -> Result<&'h str, Rejection> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    if (1..=255).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(text);
    }
    Err(malformed(header, "is no host, or names several"))
}

/// The one element of a `Forwarded` header.
fn element(text: &str) -> Result<Called<'_>, Rejection> {
    // Another proxy's element behind a comma: its host could be the sender's own word.
    if text.contains(',') {
        return Err(malformed(FORWARDED, "has the word of several proxies"));
    }
    let mut called = Called::default();
    for pair in text.split(';') {
        let (name, value) = pair.trim().split_once('=').ok_or_else(|| malformed(FORWARDED, "is no list of pairs"))?;
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        let place = match name.to_ascii_lowercase().as_str() {
            "proto" => called.scheme.replace(scheme(FORWARDED, value)?),
            "host" => called.host.replace(host(FORWARDED, value)?),
            _ => None,
        };
        if place.is_some() {
            return Err(malformed(FORWARDED, "says the same twice"));
        }
    }
    Ok(called)
}

fn malformed(header: &'static str, what: &'static str) -> Rejection {
    Rejection::new(Reason::MalformedHeader).with_evidence(Evidence::HeaderShape(header.into(), what))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(proxies: &Proxies, headers: &[(&str, &str)]) -> Result<(Option<String>, Option<String>), Reason> {
        let headers = headers.to_vec();
        let called = proxies.called(&Head::new("POST", "/", &headers)).map_err(|rejection| rejection.kind())?;
        Ok((called.scheme.map(str::to_owned), called.host.map(str::to_owned)))
    }

    fn said(scheme: &str, host: &str) -> Result<(Option<String>, Option<String>), Reason> {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Ok((text(scheme), text(host)))
    }

    fn both() -> [Proxies; 2] {
        [Proxies::x_forwarded(["::1"]), Proxies::forwarded(["::1"])].map(|proxies| proxies.unwrap().insecure_any_host())
    }

    #[test]
    fn a_host_that_is_not_listed_is_nobodys_to_say() {
        let said_of = |proxies: Proxies| called(&proxies, &[(PROTO, "http"), (HOST, "B.example")]);
        let proxies = || Proxies::x_forwarded(["::1"]).unwrap();
        assert_eq!(said_of(proxies()), said("http", ""));
        assert_eq!(said_of(proxies().hosts(["a.example", "b.example:443"])), said("http", ""));
        assert_eq!(said_of(proxies().hosts(["a.example", "b.example"])), said("http", "B.example"));
        assert_eq!(said_of(proxies().insecure_any_host()), said("http", "B.example"));
    }

    #[test]
    fn only_the_named_addresses_are_proxies() {
        let proxies = Proxies::x_forwarded(["10.1.2.3", "192.168.0.0/16", "fd00::/8"]).unwrap();
        for inside in ["10.1.2.3", "::ffff:10.1.2.3", "192.168.255.255", "fd12::1"] {
            assert!(proxies.contain(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["10.1.2.4", "192.169.0.0", "::1", "fe80::1", "::ffff:11.1.2.3"] {
            assert!(!proxies.contain(outside.parse().unwrap()), "{outside}");
        }
        for wrong in ["", "proxy.example", "10.0.0.0/33", "10.0.0"] {
            let error = Proxies::forwarded([wrong]).unwrap_err().to_string();
            assert!(error.contains("trusted_proxies"), "{error}");
        }
        assert!(Proxies::x_forwarded::<&str>([]).is_err());
    }

    #[test]
    fn each_spelling_is_read_and_the_other_is_not() {
        let [x, rfc] = both();
        let all = [(PROTO, "https"), (HOST, "a.example:8443"), (FORWARDED, "for=1.2.3.4;host=\"[::1]:1\"; Proto=http")];
        assert_eq!(called(&x, &all), said("https", "a.example:8443"));
        assert_eq!(called(&rfc, &all), said("http", "[::1]:1"));
        assert_eq!(called(&x, &[(HOST, " a.example ")]), said("", "a.example"));
        assert_eq!(called(&x, &[(FORWARDED, "host=a")]), said("", ""));
        assert_eq!(called(&rfc, &[(HOST, "a")]), said("", ""));
    }

    #[test]
    fn what_could_be_the_senders_own_word_is_refused() {
        let [x, rfc] = both();
        assert_eq!(called(&x, &[(HOST, "a.example"), (HOST, "a.example")]), Err(Reason::RepeatedHeader));
        for (header, value) in [
            (HOST, "evil.example, a.example"),
            (HOST, "a.example/x"),
            (HOST, "a@b"),
            (HOST, "a b"),
            (HOST, ""),
            (PROTO, "https,http"),
            (PROTO, "HTTPS"),
            (PROTO, ""),
        ] {
            assert_eq!(called(&x, &[(header, value)]), Err(Reason::MalformedHeader), "{value}");
        }
        for value in [
            "host=evil.example, host=a.example",
            "host=evil.example;for=1, for=2;proto=https",
            "host=evil.example;x, host=a.example;proto=https",
            "host=a;host=b",
            "host",
            "",
        ] {
            assert_eq!(called(&rfc, &[(FORWARDED, value)]), Err(Reason::MalformedHeader), "{value}");
        }
    }
}
