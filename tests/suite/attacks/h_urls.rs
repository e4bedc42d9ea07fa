//! Section H: schemes that sign the URL. Only the configured one counts, and the query as received.
//!
//! The endpoints are mounted at every path, so that what a router would turn away reaches the pipeline too; what the
//! routers do with it is in the tests below. Forwarded headers of proxies that the endpoint trusts are in `h_proxies`; here they
//! are ignored whoever sends them.

use hookporter::{ConfigError, Endpoint, Header, Reason, Scheme, Secret};
use hookporter_testkit::SignedRequest;

use super::{CANARY, Case, Expect, Group, at_now, case};
use crate::attacks::{byte_headers, raw};
use crate::sender::{send, send_raw};
use crate::server::{Adapter, BOTH, Server};
use crate::wire;

pub const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);

/// What the endpoints are configured with.
pub const URL: &str = "https://hooks.test/hook";

pub fn groups() -> Vec<Group> {
    let raw_url = || acme(URL);
    let origin = raw_url().public_origin("https://hooks.test").unwrap();
    let upper = acme("https://HOOKS.test/hook");
    vec![
        Group { endpoint: raw_url(), cases: forwarded() },
        Group { endpoint: raw_url(), cases: queries() },
        Group { endpoint: raw_url(), cases: spellings() },
        Group { endpoint: origin, cases: paths() },
        Group { endpoint: upper, cases: upper_case() },
    ]
}

fn scheme() -> Scheme {
    Scheme::hmac_sha256().signed("{url}\n{body}").signature(Header::new("x-acme-signature").hex())
}

pub fn acme(url: &str) -> Endpoint {
    at_now(Endpoint::custom_at("acme", scheme(), Secret::new(CANARY), url).unwrap())
}

/// Signed for `url`, and sent to its path and query.
pub fn to(url: &str, body: &str) -> SignedRequest {
    hookporter_testkit::custom(scheme(), CANARY).url(url).body(body.to_owned()).build()
}

/// Signed for `url`, and sent to `target`.
pub fn sent_to(target: &str, request: &SignedRequest) -> Vec<u8> {
    wire::request(request.method(), target, &byte_headers(request), request.body())
}

pub fn row(id: &'static str, what: &str, raw: Vec<u8>, expect: Expect) -> Case {
    Case { id, what: what.to_owned(), raw, expect }
}

/// Each header twice: on a request that is right without it, and on one signed for what the header says.
fn forwarded() -> Vec<Case> {
    let evil = "https://evil.example/hook";
    let plain = "http://hooks.test/hook";
    let moved = "https://hooks.test/inner/hook";
    let mut cases = Vec::new();
    for (id, name, value, signed) in [
        ("H1", "x-forwarded-host", "evil.example", evil),
        ("H1", "x-original-host", "evil.example", evil),
        ("H2", "x-forwarded-proto", "http", plain),
        ("H2", "x-forwarded-port", "8443", "https://hooks.test:8443/hook"),
        ("H3", "forwarded", "host=evil.example;proto=https", evil),
        ("H4", "x-forwarded-prefix", "/inner", moved),
        ("H4", "x-original-url", "/inner/hook", moved),
        ("H4", "x-rewrite-url", "/inner/hook", moved),
    ] {
        let ignored = to(URL, name).with_header(name, value);
        cases.push(case(id, format!("{name} on a right one"), &ignored, Expect::Ack));
        let believed = to(signed, name).with_target(super::TARGET).with_header(name, value);
        cases.push(case(id, format!("{name}, signed for"), &believed, WRONG));
    }
    let hosts =
        String::from_utf8(raw(&to(evil, "host"))).unwrap().replacen("host: hooks.test", "host: evil.example", 1);
    cases.push(row("H1", "the host itself, signed for", hosts.into_bytes(), WRONG));
    cases.push(row("H5", "absolute form, signed for", sent_to(evil, &to(evil, "5a")), WRONG));
    cases.push(row("H5", "absolute form, on a right one", sent_to(evil, &to(URL, "5b")), Expect::Ack));
    cases
}

fn queries() -> Vec<Case> {
    let signed = |query: &str| to(&format!("{URL}?{query}"), query);
    let sent = |query: &str, other: &str| sent_to(&format!("/hook?{other}"), &signed(query));
    let reordered = Expect::Ack;
    vec![
        row("H7", "as signed", sent("a=1&b=2", "a=1&b=2"), Expect::Ack),
        row("H7", "as signed, the other way round", sent("b=2&a=1", "b=2&a=1"), reordered),
        row("H7", "another order", sent("a=1&b=2", "b=2&a=1"), WRONG),
        row("H8", "one more", sent("a=1", "a=1&b=2"), WRONG),
        row("H8", "one less", sent("a=1&b=2", "a=1"), WRONG),
        row("H8", "none", sent_to("/hook", &signed("a=1")), WRONG),
        row("H8", "an empty query", sent_to("/hook?", &to(URL, "8")), WRONG),
        row("H13", "2f and 2F", sent("a=%2f", "a=%2F"), WRONG),
        row("H13", "plus and %20", sent("a=+", "a=%20"), WRONG),
        row("H13", "unescaped", sent("a=%61", "a=a"), WRONG),
        row("H13", "as signed, in lower case", sent("a=%2f+%20", "a=%2f+%20"), Expect::Ack),
    ]
}

/// The URL is compared byte for byte as configured; only Twilio documents two spellings of the port.
fn spellings() -> Vec<Case> {
    vec![
        case("H10", "with the port", &to("https://hooks.test:443/hook", "port"), WRONG),
        case("H11", "host in upper case", &to("https://HOOKS.test/hook", "upper"), WRONG),
        case("H11", "scheme in upper case", &to("HTTPS://hooks.test/hook", "scheme"), WRONG),
        case("H10", "as configured", &to(URL, "right"), Expect::Ack),
    ]
}

fn upper_case() -> Vec<Case> {
    vec![
        case("H11", "as configured, in upper case", &to("https://HOOKS.test/hook", "same"), Expect::Ack),
        case("H11", "in lower case", &to(URL, "other"), WRONG),
    ]
}

/// Where path and query are the request's own: the path as received, never a tidied one.
fn paths() -> Vec<Case> {
    let row = |what: &str, target: &str, expect| row("H9", what, sent_to(target, &to(URL, what)), expect);
    vec![
        row("as signed", "/hook", Expect::Ack),
        row("absolute form: its path alone counts", "https://evil.example/hook", Expect::Ack),
        row("absolute form of another path", "https://hooks.test/other", WRONG),
        row("trailing slash", "/hook/", WRONG),
        row("two slashes", "//hook", WRONG),
        row("dot", "/./hook", WRONG),
        row("dot dot", "/a/../hook", WRONG),
        case("H6", "escaped", &to(URL, "escaped").with_target("/h%6fok"), WRONG),
    ]
}

/// What does not lead to the route is the router's to refuse; neither framework redirects.
#[test]
fn h6_h9_a_path_of_another_spelling_is_not_found() {
    for adapter in BOTH {
        let server = Server::start(adapter, acme(URL));
        for target in ["/hook/", "//hook", "/./hook", "/a/../hook", "/HOOK", "/hook%2f", "/hook;x=1"] {
            let answer = send_raw(&server, &sent_to(target, &to(URL, target))).unwrap();
            assert_eq!(answer.status, 404, "{adapter:?} {target}");
            assert_eq!(answer.header("location"), None, "{adapter:?} {target}");
        }
        assert!(server.records().is_empty(), "{adapter:?}");
        // actix-web decodes a path before it routes it; the configured URL is what the proof is judged by.
        let decoded = if adapter == Adapter::Actix { 200 } else { 404 };
        let answer = send_raw(&server, &sent_to("/h%6fok", &to(URL, "escaped"))).unwrap();
        assert_eq!(answer.status, decoded, "{adapter:?}");
    }
}

/// H12, and whatever else cannot be the URL of a webhook.
#[test]
fn h12_a_url_that_cannot_be_right_does_not_build() {
    let build = |url: &str| Endpoint::custom_at("acme", scheme(), Secret::new(CANARY), url).map(|_| ());
    for url in [
        "https://hooks.test/hook#fragment",
        "https://user@hooks.test/hook",
        "https://user:secret@hooks.test/hook",
        "https:///hook",
        "hooks.test/hook",
        "//hooks.test/hook",
        "ftp://hooks.test/hook",
        "https://hooks.test/ho ok",
        "https://hooks.test/h\u{f6}ok",
        "https://hooks.test/hook\n",
        "",
    ] {
        assert!(matches!(build(url), Err(ConfigError::PublicUrl { .. })), "{url}: {:?}", build(url));
        let twilio = Endpoint::twilio(Secret::new(CANARY), url).map(|_| ());
        assert!(matches!(twilio, Err(ConfigError::PublicUrl { .. })), "{url}: {twilio:?}");
    }
    assert_eq!(build(URL), Ok(()));
    let without = Endpoint::custom("acme", scheme(), Secret::new(CANARY)).map(|_| ());
    assert!(matches!(without, Err(ConfigError::Setting { setting: "public_url", .. })), "{without:?}");
}

/// A tidied path would hide which one was called.
#[test]
fn h9_what_is_written_down_is_the_path_as_received() {
    for adapter in BOTH {
        let server = Server::on_route(adapter, crate::server::EVERYWHERE, acme(URL));
        send(&server, &to(URL, "path").with_target("/a/../h%6fok?secret=1"));
        assert_eq!(server.only_record().path, "/a/../h%6fok", "{adapter:?}");
    }
}
