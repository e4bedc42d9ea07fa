//! Section H: schemes that sign the URL. Only the configured one counts, and the query as received.
//!
//! The endpoints are mounted at every path, so that what a router would turn away reaches the pipeline too; what the
//! routers do with it is in the tests below. H4 (forwarded headers of trusted proxies) is part 2; until then they are
//! ignored whoever sends them.

use hookporter::{ConfigError, Endpoint, Header, Reason, Scheme, Secret};
use hookporter_testkit::{RequestMaker, SignedRequest};

use super::{CANARY, Case, Expect, Group, at_now, case};
use crate::attacks::{byte_headers, raw};
use crate::sender::{send, send_raw};
use crate::server::{Adapter, BOTH, Server};
use crate::wire;

const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);
const WRONG_BODY: Expect = Expect::Refused(401, Reason::BodyHashMismatch);

/// What the endpoints are configured with.
const URL: &str = "https://hooks.test/hook";

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
        Group { endpoint: twilio(), cases: twilio_forms() },
        Group { endpoint: twilio(), cases: twilio_json() },
        Group { endpoint: at_now(square_endpoint()), cases: square() },
    ]
}

fn scheme() -> Scheme {
    Scheme::hmac_sha256().signed("{url}\n{body}").signature(Header::new("x-acme-signature").hex())
}

fn acme(url: &str) -> Endpoint {
    at_now(Endpoint::custom_at("acme", scheme(), Secret::new(CANARY), url).unwrap())
}

fn twilio() -> Endpoint {
    at_now(Endpoint::twilio(Secret::new(CANARY), URL).unwrap())
}

/// Signed for `url`, and sent to its path and query.
fn to(url: &str, body: &str) -> SignedRequest {
    hookporter_testkit::custom(scheme(), CANARY).url(url).body(body.to_owned()).build()
}

/// Signed for `url`, and sent to `target`.
fn sent_to(target: &str, request: &SignedRequest) -> Vec<u8> {
    wire::request(request.method(), target, &byte_headers(request), request.body())
}

fn row(id: &'static str, what: &str, raw: Vec<u8>, expect: Expect) -> Case {
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
    let hosts = String::from_utf8(raw(&to(evil, "host"))).unwrap().replacen("host: hooks.test", "host: evil.example", 1);
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
        row("trailing slash", "/hook/", WRONG),
        row("two slashes", "//hook", WRONG),
        row("dot", "/./hook", WRONG),
        row("dot dot", "/a/../hook", WRONG),
        case("H6", "escaped", &to(URL, "escaped").with_target("/h%6fok"), WRONG),
    ]
}

fn form(id: &str) -> RequestMaker {
    hookporter_testkit::twilio(CANARY).event_id(id)
}

/// A form whose signature covers `url` as it is spelled: the test kit's own maker leaves ports out.
fn spelled(url: &str, body: &str) -> SignedRequest {
    let scheme = Scheme::hmac_sha1().signed("{url}{sorted-form}").signature(Header::new("x-twilio-signature").base64());
    hookporter_testkit::custom(scheme, CANARY)
        .url(url)
        .target(super::TARGET)
        .body(format!("Body={body}&To=%2B1"))
        .header("content-type", "application/x-www-form-urlencoded")
        .build()
}

fn twilio_forms() -> Vec<Case> {
    let right = |id: &str, url: &str| spelled(url, id);
    let query = form("query").url("https://hooks.test/hook?a=1&b=2").build();
    let evil = form("evil").url("https://evil.example/hook").build();
    let letters = form("letters").url(URL).build();
    let no_type = right("no type", URL).without_header("content-type");
    vec![
        case("H1", "form", &evil.clone().with_header("x-forwarded-host", "evil.example"), WRONG),
        row("H5", "form", sent_to("https://evil.example/hook", &evil), WRONG),
        case("H7", "form", &query.clone().with_target("/hook?b=2&a=1"), WRONG),
        case("H8", "form", &query.clone().with_target("/hook?a=1&b=2&c=3"), WRONG),
        case("H8", "form, as signed", &query, Expect::Ack),
        // Twilio's own validators try the URL with and without the port, so both spellings hold.
        case("H10", "form, without the port", &right("bare", URL), Expect::Ack),
        case("H10", "form, with the port", &right("port", "https://hooks.test:443/hook"), Expect::Ack),
        case("H10", "form, with another port", &right("other", "https://hooks.test:8443/hook"), WRONG),
        case("H10", "form, of http", &right("http", "http://hooks.test/hook"), WRONG),
        case("H11", "form", &right("upper", "https://HOOKS.test/hook"), WRONG),
        case("H14", "form, another name for a field", &renamed_field(), WRONG),
        case("H14", "form", &letters, Expect::Ack),
        case("H14", "form, a letter moved from the name to the value", &moved_letter(&letters), Expect::Dup),
        // Nothing would bind a body that is no form.
        case("H14", "a form that does not say so", &no_type, WRONG_BODY),
    ]
}

/// A form whose field `To` has another name.
fn renamed_field() -> SignedRequest {
    let request = form("renamed").url(URL).build();
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    request.with_body(body.replace("To=%2B", "Xo=%2B"))
}

/// Twilio runs name and value together, so a letter can move from one to the other under the same signature. No
/// receiver can tell; what the letters spell is still the same event, by its token and the digest of the signed bytes.
fn moved_letter(request: &SignedRequest) -> SignedRequest {
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    let moved = body.replace("Body=Ahoy", "Bod=yAhoy");
    assert_ne!(body, moved);
    request.clone().with_body(moved)
}

fn twilio_json() -> Vec<Case> {
    let json = |id: &str| hookporter_testkit::twilio_json(CANARY).event_id(id).url(URL).build();
    let right = json("right");
    let hash = right.target().split_once("bodySHA256=").unwrap().1.to_owned();
    let other = json("other");
    let twice = format!("{}&bodySHA256={hash}", right.target());
    let rehashed = json("rehashed").with_body(other.body().clone()).with_target(other.target());
    vec![
        case("H8", "JSON, another body", &json("body").tampered_body(), WRONG_BODY),
        case("H8", "JSON, another body with its hash", &rehashed, WRONG),
        case("H8", "JSON, without the hash", &json("none").with_target("/hook"), WRONG_BODY),
        case("H8", "JSON, the hash twice", &right.clone().with_target(&twice), WRONG_BODY),
        case("H8", "JSON, one more parameter", &right.clone().with_target(&format!("{}&a=1", right.target())), WRONG),
        case("H13", "JSON, the hash in upper case", &right.clone().with_target(&right.target().replace(&hash, &hash.to_uppercase())), WRONG),
        case("H8", "JSON, as signed", &right, Expect::Ack),
    ]
}

/// Square's scheme: nothing stands between the URL and the body.
fn square_scheme() -> Scheme {
    Scheme::hmac_sha256().signed("{url}{body}").signature(Header::new("x-square").base64())
}

fn square_endpoint() -> Endpoint {
    Endpoint::custom_at("square", square_scheme(), Secret::new(CANARY), URL).unwrap()
}

fn square() -> Vec<Case> {
    let signed = |url: &str, body: &str| hookporter_testkit::custom(square_scheme(), CANARY).url(url).body(body.to_owned()).build();
    let plain = signed(URL, r#"{"id":1}"#);
    let query = signed("https://hooks.test/hook?a=1", r#"2{"id":1}"#);
    let text = signed(URL, "?a=1&b=2");
    vec![
        case("H14", "as signed", &plain, Expect::Ack),
        case("H14", "from the body into the query", &query.clone().with_target("/hook?a=12").with_body(r#"{"id":1}"#), WRONG),
        case("H14", "from the query into the body", &query.with_target("/hook?a=").with_body(r#"12{"id":1}"#), WRONG),
        case("H14", "a query out of the body", &text.clone().with_target("/hook?a=1").with_body("&b=2"), WRONG),
        case("H14", "the whole body", &text.with_target("/hook?a=1&b=2").with_body(""), WRONG),
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
        "https://hooks.test/hook?query=1",
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
