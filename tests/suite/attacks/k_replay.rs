//! Section K: replay and duplicates, with what is remembered in memory. K6 (after a restart) needs the inbox of part 3.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use hookporter::{Endpoint, Header, Identity, Outcome, Reason, Scheme, Secret, SignedBytes, UnixTime};
use hookporter_testkit::ManualClock;

use super::{CANARY, Case, Expect, Group, NOW, at_now, case, raw};
use crate::sender::{github, now, paid, push, stripe, told};
use crate::server::{AsyncHandler, BOTH, Server};
use crate::wire::Wire;

const MALFORMED: Expect = Expect::Refused(401, Reason::MalformedHeader);
const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);
const STANDARD: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

pub fn groups() -> Vec<Group> {
    let standard = at_now(Endpoint::standard_webhooks(Secret::new(STANDARD)).unwrap());
    let shopify = at_now(Endpoint::shopify(Secret::new(CANARY)).unwrap());
    let sorting = Endpoint::custom_at("sorting", sorting_scheme(), Secret::new(CANARY), SORTING).unwrap();
    let bare = || Endpoint::custom("bare", bare_scheme(), Secret::new(CANARY)).unwrap();
    let by_digest = bare_scheme().identity(Identity::Digest);
    let by_digest = Endpoint::custom("digest", by_digest, Secret::new(CANARY)).unwrap();
    vec![
        Group { endpoint: github(), cases: by_digest_of_github() },
        Group { endpoint: stripe(), cases: by_signed_id() },
        Group { endpoint: standard, cases: by_signed_header() },
        Group { endpoint: shopify, cases: by_unsigned_id() },
        Group { endpoint: at_now(sorting), cases: canonical() },
        Group { endpoint: at_now(bare()), cases: without_id(Expect::Ack) },
        Group { endpoint: at_now(by_digest), cases: without_id(Expect::Dup) },
        Group { endpoint: stripe().no_dedupe(), cases: switched_off() },
    ]
}

fn by_digest_of_github() -> Vec<Case> {
    let first = push("replayed");
    let value = first.header("x-hub-signature-256").unwrap().to_owned();
    let upper = format!("sha256={}", value["sha256=".len()..].to_uppercase());
    let bytes = const_hex::decode(&value["sha256=".len()..]).unwrap();
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes);
    let proof = |value: &str| first.clone().with_header("x-hub-signature-256", value);
    vec![
        case("K1", "first", &first, Expect::Ack),
        case("K1", "again", &first, Expect::Dup),
        case("K3", "hex in upper case", &proof(&upper), Expect::Dup),
        case("K3", "base64url", &proof(&format!("sha256={base64}")), MALFORMED),
        case("K5", "another delivery id", &first.clone().with_header("x-github-delivery", "another"), Expect::Dup),
        case("K5", "no delivery id", &first.clone().without_header("x-github-delivery"), Expect::Dup),
        case("K1", "another event", &push("another"), Expect::Ack),
    ]
}

fn by_signed_id() -> Vec<Case> {
    let first = paid("evt_replayed");
    let value = first.header("stripe-signature").unwrap();
    let more = first.clone().with_header("stripe-signature", &format!("{value},v1={}", "0".repeat(64)));
    // A retry is signed anew, with another time.
    let retry =
        now(hookporter_testkit::stripe(CANARY).event_id("evt_replayed")).at(UnixTime::from_secs(NOW - 100)).build();
    vec![
        case("K1", "first", &first, Expect::Ack),
        case("K1", "again", &first, Expect::Dup),
        case("K3", "one more candidate", &more, Expect::Dup),
        case("K1", "a retry", &retry, Expect::Dup),
        case("K1", "a filter's guess", &paid("evt_replayed").tampered_body(), WRONG),
    ]
}

fn by_signed_header() -> Vec<Case> {
    let first = now(hookporter_testkit::standard_webhooks(STANDARD).event_id("msg_1")).build();
    let retry =
        now(hookporter_testkit::standard_webhooks(STANDARD).event_id("msg_1")).at(UnixTime::from_secs(NOW - 5)).build();
    vec![
        case("K1", "first", &first, Expect::Ack),
        case("K1", "again", &first, Expect::Dup),
        case("K1", "a retry", &retry, Expect::Dup),
        case("K5", "another id, which is signed", &first.with_header("webhook-id", "msg_2"), WRONG),
    ]
}

/// Shopify signs neither id nor time: with another id a replay is taken again, as the preset says of itself.
fn by_unsigned_id() -> Vec<Case> {
    let order =
        |id: &str, body: &str| now(hookporter_testkit::shopify(CANARY).event_id(id)).body(body.to_owned()).build();
    vec![
        case("K1", "first", &order("a", "{}"), Expect::Ack),
        case("K1", "again", &order("a", "{}"), Expect::Dup),
        case("K5", "another unsigned id", &order("b", "{}"), Expect::Ack),
        // The id alone is no key: a stranger who guessed it would suppress the event.
        case("K5", "the same unsigned id, other bytes", &order("a", "{ }"), Expect::Ack),
        case("K8", "no id", &order("a", "{}").without_header("x-shopify-webhook-id"), Expect::Ack),
        case("K8", "no id, again", &order("a", "{}").without_header("x-shopify-webhook-id"), Expect::Ack),
    ]
}

const SORTING: &str = "https://hooks.test/hook";

/// Signs the query in order, whatever order it came in.
fn sorting_scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed_by(|input| {
            let url = input.head.url().unwrap_or_default();
            let (url, query) = url.split_once('?').unwrap_or((url, ""));
            let mut pairs: Vec<_> = query.split('&').collect();
            pairs.sort_unstable();
            let message = [url.as_bytes(), b"\n", pairs.join("&").as_bytes(), b"\n", input.body].concat();
            Ok(SignedBytes::new().covering_body().or(message))
        })
        .needs_url()
        .signature(Header::new("x-sorting").hex())
        .identity(Identity::Digest)
}

/// No preset sorts a query; Twilio sorts its form.
fn canonical() -> Vec<Case> {
    let first =
        hookporter_testkit::custom(sorting_scheme(), CANARY).url(&format!("{SORTING}?a=1&b=2")).body("{}").build();
    vec![
        case("K4", "first", &first, Expect::Ack),
        case("K4", "the query in another order", &first.clone().with_target("/hook?b=2&a=1"), Expect::Dup),
        case("K4", "another query", &first.with_target("/hook?b=2&a=3"), WRONG),
    ]
}

fn bare_scheme() -> Scheme {
    Scheme::hmac_sha256().signature(Header::new("x-bare").hex())
}

fn without_id(second: Expect) -> Vec<Case> {
    let request = now(hookporter_testkit::custom(bare_scheme(), CANARY)).body("the same").build();
    vec![case("K8", "first", &request, Expect::Ack), case("K8", "the same bytes", &request, second)]
}

fn switched_off() -> Vec<Case> {
    vec![case("K1", "first", &paid("evt_off"), Expect::Ack), case("K1", "again", &paid("evt_off"), Expect::Ack)]
}

/// K2 and K14: a request dated as far ahead as is allowed stays a duplicate until it is too old.
#[test]
fn k2_k14_a_replay_is_a_duplicate_until_it_is_stale() {
    for adapter in BOTH {
        let clock = ManualClock::at(UnixTime::from_secs(NOW));
        let server = Server::start(adapter, stripe().clock(clock.clone()));
        let ahead = now(hookporter_testkit::stripe(CANARY)).future(Duration::from_secs(300)).build();
        assert_eq!(told(&server, &ahead), 200);
        for (advance, outcome, reason) in [
            (0, Outcome::Duplicate, None),
            (300, Outcome::Duplicate, None),
            (300, Outcome::Duplicate, None),
            (1, Outcome::Rejected, Some(Reason::TimestampTooOld)),
        ] {
            clock.advance(Duration::from_secs(advance));
            server.forget();
            assert_eq!(told(&server, &ahead), if reason.is_some() { 401 } else { 200 }, "{adapter:?} {advance}");
            assert_eq!(server.only_outcome(), (outcome, reason), "{adapter:?} {advance}");
        }
    }
}

/// A budget that lasts, however busy the machine is.
pub const AMPLE: Duration = Duration::from_secs(20);

/// A handler that takes its time, and answers what `status` says by then.
pub fn slow(pause: Duration, status: &Arc<AtomicU16>) -> AsyncHandler {
    let status = status.clone();
    Arc::new(move |_| {
        let status = status.clone();
        Box::pin(async move {
            tokio::time::sleep(pause).await;
            status.load(Ordering::SeqCst)
        })
    })
}

#[test]
fn k7_a_hundred_identical_ones_at_once_are_one_event() {
    for adapter in BOTH {
        let handler = slow(Duration::from_millis(300), &Arc::new(AtomicU16::new(200)));
        let server = Server::with_async_handler(adapter, stripe().budget(AMPLE), handler);
        let request = raw(&paid("evt_crowd"));
        let mut wires: Vec<_> = (0..100).map(|_| Wire::connect(server.address)).collect();
        wires.iter_mut().for_each(|wire| wire.write(&request));
        let told: Vec<_> = wires.iter_mut().map(|wire| wire.answer().map(|answer| answer.status)).collect();
        assert!(told.iter().all(|status| *status == Some(200)), "{adapter:?}: {told:?}");
        assert_eq!(server.handed_off().len(), 1, "{adapter:?}");
        let counts = [Outcome::Accepted, Outcome::Duplicate].map(|outcome| server.endpoint.count(outcome));
        assert_eq!(counts, [1, 99], "{adapter:?}");
    }
}

/// K9, with 2,000 for the 10⁶ of the case: the store holds ten, and none of them makes room for a forged one.
#[test]
fn k9_forged_ids_leave_the_store_untouched() {
    for adapter in BOTH {
        let server = Server::start(adapter, stripe().dedupe(Duration::from_secs(3600), 10));
        let valid: Vec<_> = (0..10).map(|number| paid(&format!("evt_{number}"))).collect();
        valid.iter().for_each(|request| assert_eq!(told(&server, request), 200));
        let mut wire = Wire::connect(server.address);
        for number in 0..2000 {
            wire.write(&raw(&paid(&format!("evt_forged_{number}")).tampered_signature()));
            assert_eq!(wire.answer().map(|answer| answer.status), Some(401));
        }
        assert_eq!(server.endpoint.forgotten_events(), 0, "{adapter:?}");
        server.forget();
        valid.iter().for_each(|request| assert_eq!(told(&server, request), 200));
        assert!(server.handed_off().is_empty(), "{adapter:?}: an event was forgotten for a forged one");
    }
}

/// K10, with 300 for the 10⁶ of the case. That the window is shorter then shows as a number; health is part 2.
#[test]
fn k10_the_oldest_make_room_and_are_counted() {
    for adapter in BOTH {
        let server = Server::start(adapter, stripe().dedupe(Duration::from_secs(3600), 100));
        let mut wire = Wire::connect(server.address);
        for number in 0..300 {
            wire.write(&raw(&paid(&format!("evt_{number}"))));
            assert_eq!(wire.answer().map(|answer| answer.status), Some(200));
        }
        // A hundred at the least are remembered, and two hundred at the most.
        assert_eq!(server.endpoint.forgotten_events(), 100, "{adapter:?}");
        server.forget();
        for (number, outcome) in [(299, Outcome::Duplicate), (200, Outcome::Duplicate), (0, Outcome::Accepted)] {
            server.forget();
            assert_eq!(told(&server, &paid(&format!("evt_{number}"))), 200);
            assert_eq!(server.only_outcome(), (outcome, None), "{adapter:?} {number}");
        }
    }
}
