//! Section H behind proxies: whose word on scheme and host counts. The sender of these cases is at 127.0.0.1.

use hookporter::{Endpoint, Proxies, Reason};
use hookporter_testkit::SignedRequest;

use super::h_urls::{URL, WRONG, acme, to};
use super::{Case, Expect, Group, case};

/// A host that proxies may say.
const OTHER: &str = "https://eu.hooks.test/hook";

pub fn groups() -> Vec<Group> {
    let behind = |proxies: Proxies| acme(URL).trusted_proxies(proxies.hosts(["eu.hooks.test", "hooks.test"]));
    let x = |address| behind(Proxies::x_forwarded([address]).unwrap());
    let rfc = |address| behind(Proxies::forwarded([address]).unwrap());
    let any = acme(URL).trusted_proxies(Proxies::x_forwarded(["127.0.0.0/8"]).unwrap().insecure_any_host());
    let group = |endpoint: Endpoint, cases| Group { endpoint, cases };
    vec![
        group(x("127.0.0.1"), x_forwarded()),
        group(x("10.0.0.0/8"), ignored("x-forwarded-host", "eu.hooks.test")),
        group(rfc("127.0.0.0/8"), forwarded()),
        group(rfc("127.0.0.2"), ignored("forwarded", "host=eu.hooks.test")),
        group(
            any,
            vec![with("any host", "https://other.test/hook", &[("x-forwarded-host", "other.test")], Expect::Ack)],
        ),
    ]
}

/// Signed for `url`, sent to the path of the cases with these headers.
fn with(what: &str, url: &str, headers: &[(&str, &str)], expect: Expect) -> Case {
    let request = to(url, what).with_target(super::TARGET);
    let add = |request: SignedRequest, (name, value): &(&str, &str)| request.with_added_header(name, value);
    case("H4", what, &headers.iter().fold(request, add), expect)
}

fn x_forwarded() -> Vec<Case> {
    let (host, proto) = ("x-forwarded-host", "x-forwarded-proto");
    let malformed = Expect::Refused(401, Reason::MalformedHeader);
    vec![
        with("nothing said", URL, &[], Expect::Ack),
        with("a host that is listed", OTHER, &[(host, "eu.hooks.test")], Expect::Ack),
        with("a host, signed for the configured one", URL, &[(host, "eu.hooks.test")], WRONG),
        with("scheme and host", "http://eu.hooks.test/hook", &[(host, "eu.hooks.test"), (proto, "http")], Expect::Ack),
        with("a host that is not listed", "https://evil.example/hook", &[(host, "evil.example")], WRONG),
        with("a host that is not listed, on a right one", URL, &[(host, "evil.example")], Expect::Ack),
        with("two hosts", OTHER, &[(host, "evil.example, eu.hooks.test")], malformed),
        with("a path in the host", OTHER, &[(host, "eu.hooks.test/x")], malformed),
        with("two schemes", OTHER, &[(proto, "https,http")], malformed),
        with(
            "the header twice",
            OTHER,
            &[(host, "eu.hooks.test"), (host, "eu.hooks.test")],
            Expect::Refused(401, Reason::RepeatedHeader),
        ),
        with("the other spelling", OTHER, &[("forwarded", "host=eu.hooks.test")], WRONG),
        with("a path", URL, &[("x-forwarded-prefix", "/inner"), ("x-original-url", "/inner/hook")], Expect::Ack),
    ]
}

fn forwarded() -> Vec<Case> {
    let malformed = Expect::Refused(401, Reason::MalformedHeader);
    vec![
        with("RFC 7239", OTHER, &[("forwarded", "for=192.0.2.1;host=\"eu.hooks.test\";proto=https")], Expect::Ack),
        with("RFC 7239, two proxies", OTHER, &[("forwarded", "host=eu.hooks.test, for=192.0.2.1")], malformed),
        with("RFC 7239, not listed", URL, &[("forwarded", "host=evil.example")], Expect::Ack),
        with("RFC 7239, the other spelling", OTHER, &[("x-forwarded-host", "eu.hooks.test")], WRONG),
    ]
}

/// From somebody who is no proxy.
fn ignored(name: &str, value: &str) -> Vec<Case> {
    vec![
        with("a stranger's word", OTHER, &[(name, value)], WRONG),
        with("a stranger's word, on a right one", URL, &[(name, value)], Expect::Ack),
    ]
}
