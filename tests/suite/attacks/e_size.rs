//! Section E: size, encoding, speed.

use std::time::{Duration, Instant};

use hookporter::{BodyMemory, Outcome, Reason};
use hookporter_testkit::SignedRequest;

use super::{Case, Expect, Group, case};
use crate::attacks::raw;
use crate::sender::{chunked, chunks, framed, github, head_with, push, resident_bytes};
use crate::server::{Adapter, BOTH, Server, wait_for};
use crate::wire::Wire;

const TOO_LARGE: Expect = Expect::Refused(413, Reason::BodyTooLarge);
const ENCODED: Expect = Expect::Refused(415, Reason::UnsupportedEncoding);

/// The body limit of the endpoint under test.
const LIMIT: usize = 1000;

pub fn groups() -> Vec<Group> {
    vec![
        Group { endpoint: github().body_limit(LIMIT), cases: size() },
        Group { endpoint: github(), cases: encoding() },
        Group { endpoint: github(), cases: media_type() },
    ]
}

/// A signed request whose body has exactly this length, and begins with `first`.
fn of_length(length: usize, first: char) -> SignedRequest {
    let empty = push(&first.to_string());
    push(&first.to_string().repeat(length + 1 - empty.body().len()))
}

fn row(id: &'static str, what: &str, raw: Vec<u8>, expect: Expect) -> Case {
    Case { id, what: what.to_owned(), raw, expect }
}

/// Each is signed, so that nothing but its size is wrong.
fn size() -> Vec<Case> {
    let over = of_length(LIMIT + 1, 'o');
    let chunked_head = "transfer-encoding: chunked\r\n";
    vec![
        // No body follows: the answer must come without it.
        row(
            "E1",
            "one byte over, announced",
            head_with(&over, &format!("content-length: {}\r\n", LIMIT + 1)),
            TOO_LARGE,
        ),
        row("E1", "one byte over, sent", raw(&over), TOO_LARGE),
        // The last chunk never comes: the answer must not wait for it.
        row("E2", "one chunk over", framed(&over, chunked_head, chunks(over.body(), LIMIT + 1)), TOO_LARGE),
        row("E2", "small chunks over", framed(&over, chunked_head, chunks(over.body(), 7)), TOO_LARGE),
        row("E2", "over, and ended", chunked(&over, 100), TOO_LARGE),
        row("E3", "exactly the limit", raw(&of_length(LIMIT, 'a')), Expect::Ack),
        row("E3", "exactly the limit, in chunks", chunked(&of_length(LIMIT, 'b'), 100), Expect::Ack),
        row("E3", "exactly the limit, in one chunk", chunked(&of_length(LIMIT, 'c'), LIMIT), Expect::Ack),
        row("E4", "2^63", framed(&over, "content-length: 9223372036854775808\r\n", "{}"), TOO_LARGE),
        row("E4", "10 GiB", framed(&over, "content-length: 10737418240\r\n", "0123456789"), TOO_LARGE),
    ]
}

/// `{"case":"gzip"}`.
pub const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x4a\x4e\x2c\x4e\x55\xb2\x52\x4a\xaf\xca\x2c\x50\xaa\x05\x00\x20\x3f\xd3\xae\x0f\x00\x00\x00";

/// No preset compresses yet (part 2), so every coding is refused, whatever was signed; nothing is inflated, since no
/// byte of the body is waited for.
fn encoding() -> Vec<Case> {
    let signed = crate::sender::now(hookporter_testkit::github(super::CANARY)).body(GZIP).build();
    let plain = push("gzip");
    let coding = |value: &str| format!("content-encoding: {value}\r\ncontent-length: {}\r\n", GZIP.len());
    let twenty = vec!["gzip"; 20].join(", ");
    vec![
        row("E5", "gzip, the wire bytes signed", framed(&signed, &coding("gzip"), GZIP), ENCODED),
        row("E6", "gzip, the plain bytes signed", framed(&plain, &coding("gzip"), GZIP), ENCODED),
        row(
            "E7",
            "gzip, of a bomb's size",
            framed(&plain, "content-encoding: gzip\r\ncontent-length: 66560\r\n", ""),
            ENCODED,
        ),
        row("E8", "gzip, cut short", framed(&plain, &coding("gzip"), &GZIP[..12]), ENCODED),
        row("E9", "twice", framed(&signed, &coding("gzip, gzip"), ""), ENCODED),
        row(
            "E9",
            "twice, in two headers",
            framed(&signed, &format!("content-encoding: gzip\r\n{}", coding("gzip")), ""),
            ENCODED,
        ),
        row("E9", "twenty", framed(&signed, &coding(&twenty), ""), ENCODED),
        row("E10", "br", framed(&signed, &coding("br"), ""), ENCODED),
        row("E10", "zstd", framed(&signed, &coding("zstd"), ""), ENCODED),
        row("E10", "x-unknown", framed(&signed, &coding("x-unknown"), ""), ENCODED),
        row("E11", "says gzip, is plain", framed(&plain, &coding("gzip"), plain.body()), ENCODED),
        row(
            "E12",
            "the header alone, added",
            framed(&plain, &format!("content-encoding: gzip\r\ncontent-length: {}\r\n", plain.body().len()), ""),
            ENCODED,
        ),
        row(
            "E12",
            "identity is no coding",
            framed(
                &plain,
                &format!("content-encoding: Identity\r\ncontent-length: {}\r\n", plain.body().len()),
                plain.body(),
            ),
            Expect::Ack,
        ),
    ]
}

/// GitHub's proof covers the bytes, and says nothing of their type: taken as they are.
fn media_type() -> Vec<Case> {
    let of_type = |value: &str| push(value).with_header("content-type", value);
    vec![
        case("E13", "no content type", &push("no type").without_header("content-type"), Expect::Ack),
        case("E13", "text", &of_type("text/plain"), Expect::Ack),
        case("E13", "multipart", &of_type("multipart/form-data; boundary=x"), Expect::Ack),
        case("E13", "no type at all", &of_type(";;;"), Expect::Ack),
    ]
}

/// actix-web's server says *100 Continue* before any of its services is asked, so there the 413 is the second answer;
/// it comes as soon, and no byte of the body is waited for. Behind hyper nobody asked for the body, so there is no 100.
#[test]
fn e1_an_announced_body_over_the_limit_is_refused_before_it_is_sent() {
    for adapter in BOTH {
        let server = Server::start(adapter, github().body_limit(LIMIT));
        let lines = format!("content-length: {}\r\nexpect: 100-continue\r\n", LIMIT + 1);
        let mut wire = Wire::connect(server.address);
        wire.write(&head_with(&of_length(LIMIT + 1, 'o'), &lines));
        if adapter == Adapter::Actix {
            assert_eq!(wire.answer().map(|answer| answer.status), Some(100));
        }
        assert_eq!(wire.answer().map(|answer| answer.status), Some(413), "{adapter:?}");
        let record = server.only_record();
        assert_eq!((record.reason, record.body_bytes), (Some(Reason::BodyTooLarge), 0), "{adapter:?}");
    }
}

const DEADLINE: Duration = Duration::from_millis(300);

#[test]
fn e14_e15_a_body_that_drips_or_stops_is_told_408_at_the_deadline() {
    for adapter in BOTH {
        for dripping in [true, false] {
            // A busy machine may need another try.
            let is_in_time = (0..5).any(|_| slow_body(adapter, dripping) < DEADLINE * 3);
            assert!(is_in_time, "{adapter:?}, dripping: {dripping}: five times too late");
        }
    }
}

/// Sends a body that drips or stops, which is told 408; after how long.
fn slow_body(adapter: Adapter, dripping: bool) -> Duration {
    let server = Server::start(adapter, github().body_deadline(DEADLINE));
    let request = push("a body that takes its time");
    let mut wire = Wire::connect(server.address);
    wire.write(&framed(&request, &format!("content-length: {}\r\n", request.body().len()), "{\"c"));
    let started = Instant::now();
    // Three bytes were sent; a byte now and then, for longer than is in time, must not put the deadline off.
    for byte in &request.body()[3..30] {
        if dripping && started.elapsed() < DEADLINE * 4 {
            wire.write(&[*byte]);
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    assert_eq!(wire.answer().map(|answer| answer.status), Some(408), "{adapter:?}, dripping: {dripping}");
    let record = server.only_record();
    assert_eq!((record.outcome, record.reason), (Outcome::Rejected, Some(Reason::BodyTooSlow)), "{adapter:?}");
    assert!(record.duration >= DEADLINE, "{adapter:?}: {:?}", record.duration);
    assert!(server.handed_off().is_empty());
    record.duration
}

#[test]
fn e16_a_body_that_ends_early_is_no_delivery() {
    for adapter in BOTH {
        let server = Server::start(adapter, github());
        let request = push("cut");
        for framing in ["content-length: 100\r\n", "transfer-encoding: chunked\r\n"] {
            server.forget();
            let mut wire = Wire::connect(server.address);
            let chunked = framing.starts_with('t');
            let body = if chunked { chunks(request.body(), 5) } else { request.body().to_vec() };
            wire.write(&framed(&request, framing, body));
            wire.half_close();
            assert_eq!(wire.answer().map(|answer| answer.status), Some(400), "{adapter:?} {framing}");
            assert_eq!(
                server.only_outcome(),
                (Outcome::Rejected, Some(Reason::BodyIncomplete)),
                "{adapter:?} {framing}"
            );
            assert!(server.handed_off().is_empty());
        }
    }
}

#[test]
fn e17_a_sender_that_hangs_up_leaves_nothing_behind() {
    for adapter in BOTH {
        let memory = BodyMemory::new(1 << 20);
        let server = Server::start(adapter, github().body_memory(memory.clone()));
        let request = of_length(20_000, 'd');
        let mut wire = Wire::connect(server.address);
        wire.write(&framed(&request, "content-length: 20000\r\n", &request.body()[..10_000]));
        wait_for(|| memory.used() == 10_000);
        assert_eq!(memory.used(), 10_000, "{adapter:?}: the half body is held");
        drop(wire);
        wait_for(|| memory.used() == 0);
        assert_eq!(memory.used(), 0, "{adapter:?}: and given back");
        assert!(server.handed_off().is_empty());
    }
}

/// What is announced is not set aside: 100 connections announce 25 MiB each, within GitHub's limit.
#[test]
fn an_announced_body_takes_no_memory_before_it_arrives() {
    for adapter in BOTH {
        let memory = BodyMemory::new(64 << 20);
        let server = Server::start(adapter, github().body_memory(memory.clone()));
        let before = resident_bytes();
        let head = framed(&push("announced"), "content-length: 26214400\r\n", "0123456789");
        let open: Vec<Wire> = (0..100)
            .map(|_| {
                let mut wire = Wire::connect(server.address);
                wire.write(&head);
                wire
            })
            .collect();
        wait_for(|| memory.used() == 1000);
        assert_eq!(memory.used(), 1000, "{adapter:?}: ten bytes each");
        let grown = resident_bytes().saturating_sub(before);
        assert!(grown < 128 << 20, "{adapter:?}: {grown} bytes more for 1,000 that arrived");
        drop(open);
        wait_for(|| memory.used() == 0);
    }
}
