//! Defects that were confirmed in other receivers, each carried here as a test, named after what went wrong there.

mod layers;
mod secrets;

use std::time::Duration;

use hookporter::{BodyMemory, Endpoint, Header, Outcome, Reason, Scheme, Secret, UnixTime};
use hookporter_testkit::{SignedRequest, discord_keys};

use crate::attacks::{CANARY, NOW, at_now};
use crate::sender::{chunked, chunks, framed, github, now, paid, push, resident_bytes, send, send_raw, stripe, told};
use crate::server::{BOTH, EVERYWHERE, Server, wait_for};
use crate::wire::Wire;

const WRONG: (u16, Option<Reason>) = (401, Some(Reason::InvalidSignature));
const TAKEN: (u16, Option<Reason>) = (200, None);

/// What a request is told, and the reason that is written down for it.
fn verdict(server: &Server, raw: &[u8]) -> (u16, Option<Reason>) {
    server.forget();
    let answer = send_raw(server, raw).expect("an answer");
    (answer.status, server.only_record().reason)
}

fn judged(server: &Server, request: &SignedRequest) -> (u16, Option<Reason>) {
    verdict(server, &crate::attacks::raw(request))
}

#[test]
fn a_short_decoded_signature_panicked() {
    for adapter in BOTH {
        let (github, stripe) = (Server::start(adapter, github()), Server::start(adapter, stripe()));
        for digits in 0..70 {
            let hex = "0".repeat(digits);
            let whole = digits > 0 && digits % 2 == 0;
            let expected = if whole { WRONG } else { (401, Some(Reason::MalformedHeader)) };
            let short = push("short").with_header("x-hub-signature-256", &format!("sha256={hex}"));
            assert_eq!(judged(&github, &short), expected, "{adapter:?}, {digits} digits");
            let short = paid("evt_short").with_header("stripe-signature", &format!("t={NOW},v1={hex}"));
            assert_eq!(judged(&stripe, &short), expected, "{adapter:?}, {digits} digits in a list");
        }
    }
}

#[test]
fn an_unsigned_body_over_the_limit_reset_the_connection() {
    for adapter in BOTH {
        let server = Server::start(adapter, stripe());
        let long = now(hookporter_testkit::stripe(CANARY)).body("x".repeat(3 << 20)).build();
        assert_eq!(judged(&server, &long), (413, Some(Reason::BodyTooLarge)), "{adapter:?}");
        let unsigned = long.without_signature();
        assert_eq!(judged(&server, &unsigned), (401, Some(Reason::MissingHeader)), "{adapter:?}");
        assert_eq!(told(&server, &paid("evt_after")), 200, "{adapter:?}");
    }
}

/// There the body reader ignored the end and errors of the body, and span.
#[test]
fn a_chunked_request_never_finished() {
    for adapter in BOTH {
        let server = Server::start(adapter, github());
        let request = push("one byte at a time");
        assert_eq!(verdict(&server, &chunked(&request, 1)), TAKEN, "{adapter:?}");
        assert_eq!(server.handed_off()[0].body(), request.body());
        let lines = "transfer-encoding: chunked\r\ntrailer: x-after\r\n";
        let request = push("with trailers");
        let ended = [chunks(request.body(), 1), b"0\r\nx-after: a\r\nx-more: b\r\n\r\n".to_vec()].concat();
        assert_eq!(verdict(&server, &framed(&request, lines, ended)), TAKEN, "{adapter:?}");
        assert_eq!(server.handed_off()[0].body(), request.body());
        let request = push("with an extension");
        let one = format!("{:x};name=value\r\n", request.body().len()).into_bytes();
        let extended = [one, request.body().to_vec(), b"\r\n0\r\n\r\n".to_vec()].concat();
        assert_eq!(verdict(&server, &framed(&request, lines, extended)), TAKEN, "{adapter:?}");
        let broken = [chunks(request.body(), 4), b"rubbish\r\n".to_vec()].concat();
        let incomplete = (400, Some(Reason::BodyIncomplete));
        assert_eq!(verdict(&server, &framed(&request, lines, broken)), incomplete, "{adapter:?}");
        let empty = now(hookporter_testkit::github(CANARY).event("ping")).body("").build();
        assert_eq!(verdict(&server, &chunked(&empty, 1)), TAKEN, "{adapter:?}: an empty one ends too");
    }
}

#[test]
fn a_scheme_that_signs_the_url_never_compared_the_body() {
    const URL: &str = "https://hooks.test/hook";
    let json = hookporter_testkit::twilio_json(CANARY).url(URL).build();
    let form = hookporter_testkit::twilio(CANARY).url(URL).build();
    for adapter in BOTH {
        let endpoint = Endpoint::twilio(Secret::new(CANARY), URL).unwrap();
        let server = Server::on_route(adapter, EVERYWHERE, endpoint);
        let mismatch = (401, Some(Reason::BodyHashMismatch));
        assert_eq!(judged(&server, &json.clone().with_body(r#"{"forged":true}"#)), mismatch, "{adapter:?}");
        assert_eq!(judged(&server, &json.clone().with_body("")), mismatch, "{adapter:?}");
        assert_eq!(judged(&server, &form.clone().with_body("Body=forged")), WRONG, "{adapter:?}");
        // A form that claims to be JSON, and the other way round.
        let claims = form.clone().with_header("content-type", "application/json");
        assert_eq!(judged(&server, &claims), mismatch, "{adapter:?}");
        let claims =
            json.clone().with_body("a=forged").with_header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(judged(&server, &claims), mismatch, "{adapter:?}");
        assert_eq!(judged(&server, &json), TAKEN, "{adapter:?}");
    }
}

#[test]
fn a_declared_length_was_set_aside_before_anything_was_checked() {
    for adapter in BOTH {
        let memory = BodyMemory::new(1 << 20);
        let server = Server::start(adapter, github().body_memory(memory.clone()));
        let before = resident_bytes();
        let raw = framed(&push("10 GiB"), "content-length: 10737418240\r\n", "0123456789");
        for _ in 0..100 {
            assert_eq!(send_raw(&server, &raw).map(|answer| answer.status), Some(413), "{adapter:?}");
        }
        assert_eq!(memory.used(), 0);
        assert!(resident_bytes().saturating_sub(before) < 64 << 20, "{adapter:?}");
    }
}

/// What fits the limit is what was signed: a cut body would even have a right proof.
#[test]
fn a_body_over_the_limit_was_cut_and_then_judged() {
    for adapter in BOTH {
        let request = push("cut");
        let server = Server::start(adapter, github().body_limit(request.body().len()));
        let longer = [request.body(), &b"more"[..]].concat();
        let too_large = (413, Some(Reason::BodyTooLarge));
        for size in [1, 4, 1000] {
            let raw = framed(&request, "transfer-encoding: chunked\r\n", chunks(&longer, size));
            assert_eq!(verdict(&server, &raw), too_large, "{adapter:?}, chunks of {size}");
        }
        assert_eq!(judged(&server, &request.clone().with_body(longer)), too_large, "{adapter:?}");
        assert_eq!(judged(&server, &request), TAKEN, "{adapter:?}");
    }
}

#[test]
fn the_replay_window_was_judged_by_a_header_that_nothing_signs() {
    let unsigned =
        Scheme::hmac_sha256().signature(Header::new("x-sig").hex()).timestamp(Header::new("x-time").unix_seconds());
    assert!(Endpoint::custom("acme", unsigned, Secret::new(CANARY)).is_err(), "such a scheme builds");
    for adapter in BOTH {
        let server = Server::start(adapter, stripe());
        let old = now(hookporter_testkit::stripe(CANARY)).stale(Duration::from_secs(301)).build();
        let fresh = ["date", "x-timestamp", "webhook-timestamp"]
            .into_iter()
            .fold(old, |request, name| request.with_header(name, &NOW.to_string()));
        assert_eq!(judged(&server, &fresh), (401, Some(Reason::TimestampTooOld)), "{adapter:?}");
    }
}

#[test]
fn the_last_of_several_signatures_overwrote_the_others() {
    const OLD: &str = "whsec_the_secret_before_the_rotation";
    for adapter in BOTH {
        for held in [OLD, CANARY] {
            let server = Server::start(adapter, at_now(Endpoint::stripe(Secret::new(held)).unwrap()));
            for (first, second) in [(OLD, CANARY), (CANARY, OLD)] {
                let id = format!("evt_{first}");
                let request = now(hookporter_testkit::stripe(first).also_signed_with(second).event_id(&id)).build();
                assert_eq!(judged(&server, &request), TAKEN, "{adapter:?}: holds {held}");
            }
        }
    }
}

/// Garbage with a wrong proof is told of its proof; garbage with a right one is the handler's to read.
#[test]
fn json_was_parsed_before_the_proof_and_the_id_came_from_a_header() {
    for adapter in BOTH {
        let server = Server::start(adapter, stripe());
        for body in ["{", "", "\u{feff}{}", "[[[[", r#"{"id":{}}"#, "\0"] {
            let right = now(hookporter_testkit::stripe(CANARY)).body(body).build();
            assert_eq!(judged(&server, &right.clone().tampered_signature()), WRONG, "{adapter:?} {body:?}");
            assert_eq!(judged(&server, &right), TAKEN, "{adapter:?} {body:?}");
        }
        server.forget();
        let claimed =
            paid("evt_signed").with_header("event-id", "evt_claimed").with_header("stripe-event-id", "evt_claimed");
        assert_eq!(told(&server, &claimed), 200);
        assert_eq!(server.handed_off()[0].id(), Some("evt_signed"), "{adapter:?}");
        assert_eq!(told(&server, &paid("evt_claimed")), 200);
        assert_eq!(server.handed_off().len(), 2, "{adapter:?}: a header suppressed an event");
    }
}

#[test]
fn an_empty_signature_verified_for_anything() {
    const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
    let right = now(hookporter_testkit::standard_webhooks(SECRET)).build();
    let value = right.header("webhook-signature").unwrap();
    for adapter in BOTH {
        let server = Server::start(adapter, at_now(Endpoint::standard_webhooks(Secret::new(SECRET)).unwrap()));
        let with = |value: &str| judged(&server, &right.clone().with_header("webhook-signature", value));
        let malformed = (401, Some(Reason::MalformedHeader));
        for nothing in ["v1,", "v1", ",", "v1, v1,", "v1,="] {
            assert_eq!(with(nothing), malformed, "{adapter:?} {nothing}");
        }
        for cut in [&value[..7], &value[..11], &value[..value.len() - 4]] {
            assert_eq!(with(cut), WRONG, "{adapter:?} {cut}");
        }
    }
}

#[test]
fn an_extreme_timestamp_overflowed() {
    for adapter in BOTH {
        let server = Server::start(adapter, stripe());
        let value = paid("evt_time").header("stripe-signature").unwrap().to_owned();
        let signature = value.split_once(",v1=").unwrap().1;
        for time in ["9223372036854775807", "-9223372036854775808", "18446744073709551616", "99999999999", "0", "-1"] {
            let request = paid("evt_time").with_header("stripe-signature", &format!("t={time},v1={signature}"));
            assert_eq!(judged(&server, &request), (401, Some(Reason::MalformedTimestamp)), "{adapter:?} {time}");
        }
        let request = paid("evt_time").with_header("stripe-signature", &format!("t=9999999999,v1={signature}"));
        assert_eq!(judged(&server, &request), (401, Some(Reason::TimestampTooNew)), "{adapter:?}");
    }
}

/// No extractor of a framework reads the body, so nothing inflates; encoded bodies are refused unread.
#[test]
fn the_body_extractor_inflated_without_a_bound() {
    for adapter in BOTH {
        let memory = BodyMemory::new(1 << 20);
        let server = Server::start(adapter, github().body_memory(memory.clone()));
        let before = resident_bytes();
        let bomb = now(hookporter_testkit::github(CANARY)).body(vec![0; 65_000]).build();
        let raw = framed(&bomb, "content-encoding: gzip\r\ncontent-length: 65000\r\n", bomb.body());
        let mut wires: Vec<_> = (0..16).map(|_| Wire::connect(server.address)).collect();
        wires.iter_mut().for_each(|wire| wire.write(&raw));
        let statuses: Vec<_> = wires.iter_mut().map(|wire| wire.answer().map(|answer| answer.status)).collect();
        assert!(statuses.iter().all(|status| *status == Some(415)), "{adapter:?}: {statuses:?}");
        assert!(server.records().iter().all(|record| record.body_bytes == 0), "{adapter:?}");
        assert!(resident_bytes().saturating_sub(before) < 64 << 20, "{adapter:?}");
    }
}

#[test]
fn a_duplicate_was_answered_as_an_error() {
    for adapter in BOTH {
        let server = Server::start(adapter, github());
        let first = send(&server, &push("twice"));
        let again = send(&server, &push("twice"));
        assert_eq!((first.status, again.status), (200, 200), "{adapter:?}");
        wait_for(|| server.records().len() == 2);
        assert_eq!(server.records()[1].outcome, Outcome::Duplicate, "{adapter:?}");
    }
}

/// There only one version passed, so people switched the check off. A train passes whole, and without a rule every one.
#[test]
fn strict_equality_of_versions_made_people_switch_the_check_off() {
    let of = |version: &str| now(hookporter_testkit::stripe(CANARY).api_version(version).event_id(version)).build();
    for adapter in BOTH {
        let gated = Server::start(adapter, stripe().accept_versions(["train:basil"]).unwrap());
        assert_eq!(judged(&gated, &of("2025-08-27.basil")), TAKEN, "{adapter:?}");
        assert_eq!(judged(&gated, &of("2025-09-30.basil")), TAKEN, "{adapter:?}: next month's");
        assert_eq!(judged(&gated, &of("2025-09-30.clover")), (503, Some(Reason::VersionNotHandled)), "{adapter:?}");
        let open = Server::start(adapter, stripe());
        assert_eq!(judged(&open, &of("2025-09-30.clover")), TAKEN, "{adapter:?}");
    }
}

/// Discord retries for ten minutes; Stripe signs each retry anew.
#[test]
fn a_window_of_300_s_dropped_real_retries() {
    let keys = discord_keys();
    let sent = |age| {
        now(hookporter_testkit::discord(keys.sender).event_id(&age_id(age))).at(UnixTime::from_secs(NOW - age)).build()
    };
    for adapter in BOTH {
        let discord = Server::start(adapter, at_now(Endpoint::discord(Secret::new(keys.receiver)).unwrap()));
        assert_eq!(judged(&discord, &sent(600)), TAKEN, "{adapter:?}");
        assert_eq!(judged(&discord, &sent(900)), TAKEN, "{adapter:?}");
        assert_eq!(judged(&discord, &sent(901)), (401, Some(Reason::TimestampTooOld)), "{adapter:?}");
        let patient = stripe().tolerance(Duration::from_secs(3600), Duration::from_secs(60)).unwrap();
        let patient = Server::start(adapter, patient);
        let old = now(hookporter_testkit::stripe(CANARY)).stale(Duration::from_secs(3600)).build();
        assert_eq!(judged(&patient, &old), TAKEN, "{adapter:?}: what an endpoint says goes");
    }
}

fn age_id(age: i64) -> String {
    format!("8464626391346{age:05}")
}
