//! Section G: framing and protocol.
//!
//! What is ambiguous is the frameworks' own servers' to refuse, before the pipeline hears of it. Where they differ, the
//! row says so; where one of them lets something through, the proof over the received bytes still decides.

use std::time::Duration;

use hookporter::{Endpoint, Header, Outcome, Reason, Scheme, Secret};

use super::{CANARY, Case, Expect, Group, at_now, case};
use crate::attacks::raw;
use crate::sender::{chunked, chunks, framed, github, now, push};
use crate::server::{Adapter, BOTH, Server};
use crate::wire::{self, Wire};

const BAD_REQUEST: Expect = Expect::Server(&[400]);
const BROKEN: Expect = Expect::Refused(400, Reason::BodyIncomplete);
const METHOD: Expect = Expect::Refused(405, Reason::MethodNotAllowed);
const MISSING: Expect = Expect::Refused(401, Reason::MissingHeader);
const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);
/// hyper takes it, actix-web's server does not.
const ONLY_HYPER_TAKES_IT: Expect = Expect::Differs(&Expect::Ack, &BAD_REQUEST);

pub fn groups() -> Vec<Group> {
    let url_signing = Endpoint::custom_at("acme", url_scheme(), Secret::new(CANARY), URL).unwrap();
    // A stalled body is told 408 soon: what one of the servers makes of `Upgrade: websocket`.
    let impatient = github().body_deadline(Duration::from_millis(300));
    vec![
        Group { endpoint: github(), cases: lengths() },
        Group { endpoint: github(), cases: chunking() },
        Group { endpoint: github(), cases: heads() },
        Group { endpoint: github(), cases: methods() },
        Group { endpoint: at_now(url_signing), cases: hosts() },
        Group { endpoint: impatient, cases: upgrades() },
    ]
}

/// A valid request with its own body, whose framing headers are `lines`; `{n}` is the body's length.
fn row(id: &'static str, what: &str, lines: &str, expect: Expect) -> Case {
    let request = push(&format!("{id} {what}"));
    let lines = lines.replace("{n}", &request.body().len().to_string());
    Case { id, what: what.to_owned(), raw: framed(&request, &lines, request.body()), expect }
}

fn lengths() -> Vec<Case> {
    let both = push("both lengths");
    let body = chunks_of(&both);
    let lines = |first: &str, second: &str| format!("{first}\r\n{second}\r\n");
    let (length, chunked) = (format!("content-length: {}", body.len()), "transfer-encoding: chunked");
    vec![
        // RFC 9112, 6.3, lets a server take the chunks and close; hyper does, see the test below.
        Case {
            id: "G1",
            what: "length, then chunked".into(),
            raw: framed(&both, &lines(&length, chunked), &body),
            expect: ONLY_HYPER_TAKES_IT,
        },
        Case {
            id: "G1",
            what: "chunked, then length".into(),
            raw: framed(&push("both"), &lines(chunked, &length), chunks_of(&push("both"))),
            expect: ONLY_HYPER_TAKES_IT,
        },
        row("G2", "the same twice", "content-length: {n}\r\ncontent-length: {n}\r\n", ONLY_HYPER_TAKES_IT),
        row("G3", "different", "content-length: {n}\r\ncontent-length: 3\r\n", BAD_REQUEST),
        row("G3", "a list", "content-length: {n}, {n}\r\n", BAD_REQUEST),
        row("G3", "plus", "content-length: +{n}\r\n", BAD_REQUEST),
        row("G3", "minus", "content-length: -1\r\n", BAD_REQUEST),
        row("G3", "hexadecimal", "content-length: 0x20\r\n", BAD_REQUEST),
        row("G3", "2^64", "content-length: 18446744073709551616\r\n", BAD_REQUEST),
    ]
}

fn chunks_of(request: &hookporter_testkit::SignedRequest) -> Vec<u8> {
    let mut body = chunks(request.body(), 9);
    body.extend_from_slice(b"0\r\n\r\n");
    body
}

fn chunking() -> Vec<Case> {
    let in_chunks = |id, what: &str, lines: &str, expect| {
        let request = push(&format!("{id} {what}"));
        Case { id, what: what.to_owned(), raw: framed(&request, lines, chunks_of(&request)), expect }
    };
    let broken = |what: &str, body: &str, expect| {
        let raw = framed(&push(what), "transfer-encoding: chunked\r\n", body);
        Case { id: "G5", what: what.to_owned(), raw, expect }
    };
    let trailing = push("trailer");
    let proof = format!("x-hub-signature-256: {}\r\n", trailing.header("x-hub-signature-256").unwrap());
    let mut body = chunks(trailing.body(), 9);
    body.extend_from_slice(format!("0\r\n{proof}\r\n").as_bytes());
    let bare = trailing.without_signature();
    vec![
        // hyper takes a list that ends in `chunked`; the bytes inside are kept as they came, and the proof covers them.
        in_chunks("G4", "gzip, chunked", "transfer-encoding: gzip, chunked\r\n", ONLY_HYPER_TAKES_IT),
        in_chunks("G4", "chunked, gzip", "transfer-encoding: chunked, gzip\r\n", BAD_REQUEST),
        in_chunks("G4", "gzip", "transfer-encoding: gzip\r\n", BAD_REQUEST),
        in_chunks("G4", "a look-alike", "transfer-encoding: xchunked\r\n", BAD_REQUEST),
        broken("17 hex digits", "10000000000000002\r\n{}\r\n0\r\n\r\n", BROKEN),
        broken("no digits", "\r\n{}\r\n0\r\n\r\n", BROKEN),
        broken("a sign", "+2\r\n{}\r\n0\r\n\r\n", BROKEN),
        broken("a chunk longer than it says", "1\r\n{}\r\n0\r\n\r\n", BROKEN),
        // A trailer proves nothing: it comes when the papers have been judged.
        Case {
            id: "G6",
            what: "the proof in the trailer".into(),
            raw: framed(&bare, "transfer-encoding: chunked\r\ntrailer: x-hub-signature-256\r\n", body),
            expect: MISSING,
        },
    ]
}

fn heads() -> Vec<Case> {
    let valid = push("line ends");
    let raw_valid = String::from_utf8(raw(&valid)).unwrap();
    let (head, body) = raw_valid.split_once("\r\n\r\n").unwrap();
    let bare_lf = format!("{}\n\n{body}", head.replace("\r\n", "\n"));
    let forged = bare_lf.replace(r#""line ends""#, r#""line_ends""#);
    let many: String = (0..200).map(|number| format!("x-{number}: a\r\n")).collect();
    let huge = format!("x-huge: {}\r\n", "a".repeat(1 << 20));
    let too_large = Expect::Server(&[431, 400]);
    vec![
        Case { id: "G7", what: "bare line feeds, forged".into(), raw: forged.into_bytes(), expect: WRONG },
        Case { id: "G7", what: "bare line feeds".into(), raw: bare_lf.into_bytes(), expect: Expect::Ack },
        row("G8", "a folded line", "x-fold: a\r\n b\r\ncontent-length: {n}\r\n", BAD_REQUEST),
        row("G8", "NUL", "x-nul: a\0b\r\ncontent-length: {n}\r\n", BAD_REQUEST),
        row("G8", "bare CR", "x-cr: a\rb\r\ncontent-length: {n}\r\n", BAD_REQUEST),
        row("G8", "a blank before the colon", "content-length : {n}\r\n", BAD_REQUEST),
        row("G9", "200 headers", &format!("{many}content-length: {{n}}\r\n"), too_large),
        row("G9", "a header of 1 MiB", &format!("{huge}content-length: {{n}}\r\n"), too_large),
        Case { id: "G13", what: "HTTP/1.0".into(), raw: version(&push("old")), expect: Expect::Ack },
        case("G13", "HTTP/1.1", &push("new"), Expect::Ack),
    ]
}

fn version(request: &hookporter_testkit::SignedRequest) -> Vec<u8> {
    String::from_utf8(raw(request)).unwrap().replace("HTTP/1.1", "HTTP/1.0").into_bytes()
}

/// Each is signed as a POST is, so that nothing but its method is wrong.
fn methods() -> Vec<Case> {
    ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "post", "BREW", "OPTIONS"]
        .into_iter()
        .map(|method| {
            let id = if method == "OPTIONS" { "G12" } else { "G11" };
            let maker = hookporter_testkit::github(CANARY).event("push").method(method);
            let origin =
                now(maker).header("origin", "https://evil.example").header("access-control-request-method", "POST");
            case(id, method, &origin.build(), METHOD)
        })
        .collect()
}

const URL: &str = "https://hooks.test/hook";

fn url_scheme() -> Scheme {
    Scheme::hmac_sha256().signed("{url}\n{body}").signature(Header::new("x-acme-signature").hex())
}

/// The configured URL is signed, so a missing or doubled `Host` decides nothing; actix-web refuses two.
fn hosts() -> Vec<Case> {
    let with = |what: &str, lines: &str, expect| {
        let request = hookporter_testkit::custom(url_scheme(), CANARY).url(URL).body(what.to_owned()).build();
        let raw = String::from_utf8(raw(&request)).unwrap().replacen("host: hooks.test\r\n", lines, 1);
        Case { id: "G10", what: what.to_owned(), raw: raw.into_bytes(), expect }
    };
    vec![
        with("no host", "", ONLY_HYPER_TAKES_IT),
        with("two hosts", "host: hooks.test\r\nhost: evil.example\r\n", ONLY_HYPER_TAKES_IT),
        with("another host", "host: evil.example\r\n", Expect::Ack),
    ]
}

/// Nobody is upgraded. Behind `Upgrade: websocket` actix-web's server reads without an end, whatever the length says:
/// the body never is whole, and its deadline ends it.
fn upgrades() -> Vec<Case> {
    let slow = Expect::Differs(&Expect::Ack, &Expect::Refused(408, Reason::BodyTooSlow));
    let upgrade = "connection: upgrade\r\ncontent-length: {n}\r\n";
    vec![
        row("G17", "h2c", &format!("upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n{upgrade}"), Expect::Ack),
        row("G17", "websocket", &format!("upgrade: websocket\r\n{upgrade}"), slow),
    ]
}

/// A proxy that believed the other length would take the rest of the body for the next request, or send it as one.
#[test]
fn g1_a_request_with_two_lengths_is_the_last_of_its_connection() {
    for adapter in BOTH {
        let server = Server::start(adapter, github());
        let hidden = raw(&push("hidden"));
        let request = push("outer");
        let mut body = chunks_of(&request);
        body.extend_from_slice(&hidden);
        let lines = format!("content-length: {}\r\ntransfer-encoding: chunked\r\n", body.len());
        let mut wire = Wire::connect(server.address);
        wire.write(&framed(&request, &lines, body));
        let status = wire.answer().map(|answer| answer.status);
        assert_eq!(status, Some(if adapter == Adapter::Tower { 200 } else { 400 }), "{adapter:?}");
        assert_eq!(wire.answer(), None, "{adapter:?}: what is hidden is answered");
        assert!(wire.is_closed(), "{adapter:?}: still open");
        assert!(server.records().len() <= 1, "{adapter:?}: {:?}", server.records());
    }
}

#[test]
fn g11_a_flood_of_wrong_methods_locks_nobody_out() {
    for adapter in BOTH {
        let server = Server::start(adapter, github());
        let mut wire = Wire::connect(server.address);
        for number in 0..1000 {
            wire.write(&wire::request(["GET", "PUT", "DELETE"][number % 3], super::TARGET, &[], b""));
            assert_eq!(wire.answer().map(|answer| answer.status), Some(405), "{adapter:?} {number}");
        }
        assert_eq!(server.endpoint.count(Outcome::Rejected), 1000);
        wire.write(&raw(&push("after all that")));
        assert_eq!(wire.answer().map(|answer| answer.status), Some(200), "{adapter:?}");
    }
}

#[test]
fn g12_no_answer_has_cors_headers() {
    for adapter in BOTH {
        let server = Server::start(adapter, github());
        for request in [push("cors"), push("cors").tampered_signature()] {
            let answer = crate::sender::send(&server, &request.with_header("origin", "https://evil.example"));
            let cors = answer.headers.iter().find(|(name, _)| name.starts_with("access-control-"));
            assert_eq!(cors, None, "{adapter:?}");
        }
    }
}

#[test]
fn g14_pipelined_requests_are_answered_in_order() {
    for adapter in BOTH {
        let server = Server::start(adapter, github());
        let (first, forged, last) = (push("first"), push("forged").tampered_signature(), push("last"));
        let mut wire = Wire::connect(server.address);
        wire.write(&[raw(&first), raw(&forged), chunked(&last, 4)].concat());
        let told: Vec<_> = (0..3).map(|_| wire.answer().map(|answer| answer.status)).collect();
        assert_eq!(told, [Some(200), Some(401), Some(200)], "{adapter:?}");
        let taken: Vec<_> = server.handed_off().iter().map(|event| event.body().clone()).collect();
        assert_eq!(taken, [first.body(), last.body()], "{adapter:?}");
    }
}
