//! What is inflated counts as held, and a token in the query is not handed on.

#![cfg(test)]

use std::io::Write;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hookporter_core::{FrozenClock, Gzip, Head, Header, Reason, Scheme, Secret, Signable, UnixTime, Verifier};
use hookporter_pipeline::{BodyMemory, Endpoint, Event, Verdict, receive};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const SECRET: &str = "a secret that is long enough";

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn scheme(gzip: Gzip) -> Scheme {
    Scheme::hmac_sha256().signature(Header::new("x-signature").hex()).gzip(gzip)
}

/// The events that were handed off, and the status of the answer.
fn answer(endpoint: Endpoint, target: &str, lines: &[(&str, String)], body: Vec<u8>) -> (Vec<Event>, u16) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let seen = events.clone();
    let endpoint = endpoint.clock(FrozenClock(NOW)).otherwise(move |event| {
        seen.lock().unwrap().push(event);
        std::future::ready(Ok::<(), std::io::Error>(()))
    });
    let headers = lines.to_vec();
    let head = Head::new("POST", target, &headers);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let verdict = runtime.block_on(receive(&Arc::new(endpoint), &head, None, &mut Some(Bytes::from(body))));
    let Verdict::Reply(reply) = verdict else { panic!("the endpoint answers itself") };
    let events = std::mem::take(&mut *events.lock().unwrap());
    (events, reply.status)
}

fn compressed(order: Gzip, memory: BodyMemory, plain: &[u8]) -> (Vec<Event>, u16) {
    let sent = gzip(plain);
    let signed = if order == Gzip::SignedPlain { plain } else { &sent };
    let none: Vec<(&str, &str)> = Vec::new();
    let request = Signable::new(Head::new("POST", "/", &none), Bytes::copy_from_slice(signed), NOW, "");
    let verifier = Verifier::new(scheme(order)).unwrap();
    let (_, signature) = verifier.sign(&[Secret::new(SECRET)], &request).unwrap().headers.remove(0);
    let lines = [("x-signature", signature), ("content-encoding", "gzip".to_owned())];
    let endpoint = Endpoint::custom("acme", scheme(order), Secret::new(SECRET)).unwrap().body_memory(memory);
    answer(endpoint, "/hook", &lines, sent)
}

#[test]
fn a_worker_gets_the_content_and_the_bytes() {
    let plain = "{\"a\":\"b\"}".repeat(1000);
    for order in [Gzip::SignedCompressed, Gzip::SignedPlain] {
        let (events, status) = compressed(order, BodyMemory::new(1 << 20), plain.as_bytes());
        assert_eq!((events.len(), status), (1, 200), "{order:?}");
        assert_eq!(events[0].payload(), plain.as_bytes());
        assert_eq!(events[0].body(), &gzip(plain.as_bytes()));
    }
}

#[test]
fn what_is_inflated_counts_against_the_memory_of_bodies() {
    let plain = vec![b' '; 500_000];
    for order in [Gzip::SignedCompressed, Gzip::SignedPlain] {
        let memory = BodyMemory::new(400_000);
        let (events, status) = compressed(order, memory.clone(), &plain);
        let full = Reason::BodyMemoryFull.status();
        assert_eq!((events.len(), status, memory.used()), (0, full, 0), "{order:?}");
        let (events, status) = compressed(order, BodyMemory::new(1 << 20), &plain);
        assert_eq!((events.len(), status), (1, 200), "{order:?}");
    }
}

#[test]
fn a_bomb_is_answered_with_413() {
    let plain = vec![0; 10 << 20];
    for order in [Gzip::SignedCompressed, Gzip::SignedPlain] {
        let (events, status) = compressed(order, BodyMemory::new(64 << 20), &plain);
        assert_eq!((events.len(), status), (0, 413), "{order:?}");
    }
}

#[test]
fn an_event_has_no_token_in_its_target() {
    let scheme = Scheme::static_token("x-token").or_query("access_token");
    let endpoint = Endpoint::custom("acme", scheme, Secret::new(SECRET)).unwrap();
    let target = "/hook?shop=7&access_token=a+secret+that+is+long+enough";
    let (events, status) = answer(endpoint, target, &[], b"{}".to_vec());
    assert_eq!((events.len(), status), (1, 200));
    assert_eq!(events[0].target(), "/hook?shop=7");
}
