//! Section I: tenants. The endpoints are mounted at every path, so that names a router would turn away get through.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hookporter::{BoxError, Endpoint, Keys, Outcome, Reason, Secret};
use hookporter_testkit::{RequestMaker, SignedRequest};

use super::{CANARY, Case, Expect, Group, at_now, byte_headers, case, raw};
use crate::sender::{now, resident_bytes, send};
use crate::server::{Adapter, BOTH, EVERYWHERE, Server};
use crate::wire::{self, Wire};

const UNKNOWN: Expect = Expect::Refused(401, Reason::UnknownTenant);
const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);
const NO_KEYS: Expect = Expect::Refused(503, Reason::KeySourceUnavailable);

/// The tenants: `acme` and `twin` share a secret, as tenants of one app do; `other` has its own.
const OTHERS: &str = "another-tenants-own-secret-0123456789";

pub fn groups() -> Vec<Group> {
    let by_path = || stripe().tenant_from_path("/t/{tenant}").unwrap();
    let by_header = || stripe().tenant_from_header("X-Tenant");
    let impatient = by_path().budget(Duration::from_millis(300));
    let github = at_now(Endpoint::github(keys()).unwrap()).tenant_from_path("/t/{tenant}").unwrap();
    vec![
        Group { endpoint: by_path(), cases: paths() },
        Group { endpoint: by_header(), cases: headers() },
        Group { endpoint: by_path(), cases: names() },
        Group { endpoint: impatient, cases: sources() },
        Group { endpoint: by_path(), cases: same_id() },
        Group { endpoint: github, cases: same_bytes() },
    ]
}

fn stripe() -> Endpoint {
    at_now(Endpoint::stripe(keys()).unwrap())
}

fn keys() -> Keys {
    Keys::resolve(|tenant| async move {
        match tenant.as_str() {
            "acme" | "twin" => Ok::<_, BoxError>(Some(Secret::new(CANARY))),
            "other" => Ok(Some(Secret::new(OTHERS))),
            "down" => Err("the database is gone".into()),
            "hangs" => std::future::pending().await,
            "empty" => Ok(Some(Secret::new(""))),
            _ => Ok(None),
        }
    })
}

fn signed(secret: &str, id: &str) -> RequestMaker {
    now(hookporter_testkit::stripe(secret).event_id(id))
}

/// A request of `acme`'s, sent to the path of `tenant`.
fn to(tenant: &str, id: &str) -> SignedRequest {
    signed(CANARY, id).target(&format!("/t/{tenant}")).build()
}

fn paths() -> Vec<Case> {
    let others = signed(OTHERS, "evt_other").target("/t/other").build();
    vec![
        case("I1", "acme's at other's path", &to("other", "evt_1"), WRONG),
        case("I1", "other's at acme's path", &others.clone().with_target("/t/acme"), WRONG),
        case("I1", "acme's own", &to("acme", "evt_1"), Expect::Ack),
        case("I1", "other's own", &others, Expect::Ack),
        Case { id: "I1", what: "absolute form".into(), raw: absolute(), expect: Expect::Ack },
        case("I2", "nobody's", &to("nobody", "evt_2"), UNKNOWN),
        case("I2", "nobody's, again", &to("nobody", "evt_2"), UNKNOWN),
        case("I2", "nobody's, and wrong", &to("nobody", "evt_2").tampered_signature(), UNKNOWN),
        // A key of ours that stands in for an unknown tenant's opens nothing, whatever it is.
        case("I2", "signed with the stand-in", &decoy_signed(), UNKNOWN),
        case("I2", "another path", &to("acme", "evt_3").with_target("/other/acme"), UNKNOWN),
        case("I2", "a path too long", &to("acme", "evt_3").with_target("/t/acme/"), UNKNOWN),
    ]
}

/// The path names the tenant, whatever authority stands before it.
fn absolute() -> Vec<u8> {
    let request = to("acme", "evt_absolute");
    wire::request("POST", "http://evil.example/t/acme", &byte_headers(&request), request.body())
}

/// The keyring that unknown tenants are checked against is made of these bytes.
fn decoy_signed() -> SignedRequest {
    signed(&"Z".repeat(32), "evt_decoy").target("/t/nobody").build()
}

fn headers() -> Vec<Case> {
    let from = |tenant: &str, id: &str| signed(CANARY, id).header("x-tenant", tenant).build();
    let bare = signed(CANARY, "evt_bare").build();
    vec![
        case("I1", "by header: acme's", &from("acme", "evt_h1"), Expect::Ack),
        case("I1", "by header: acme's as other's", &from("other", "evt_h1"), WRONG),
        case("I2", "by header: none", &bare, UNKNOWN),
        case("I2", "by header: empty", &from("", "evt_h2"), UNKNOWN),
        case("I3", "by header: two", &from("acme", "evt_h2").with_added_header("x-tenant", "other"), UNKNOWN),
        case("I3", "by header: the same twice", &from("acme", "evt_h2").repeated_header("x-tenant"), UNKNOWN),
        case("I3", "by header: a path", &from("../acme", "evt_h2"), UNKNOWN),
        case("I3", "by header: upper case", &from("ACME", "evt_h2"), UNKNOWN),
        case("I3", "by header: 10 KB", &from(&"a".repeat(10_000), "evt_h2"), UNKNOWN),
    ]
}

/// Names of one spelling only; none of these is asked for at the key source, and none comes out as `acme`.
fn names() -> Vec<Case> {
    let refused = |what: &str, name: &str, expect| {
        let request = to("acme", "evt_names");
        let target = format!("/t/{name}");
        let raw = wire::request("POST", &target, &byte_headers(&request), request.body());
        Case { id: "I3", what: what.to_owned(), raw, expect }
    };
    const BAD: Expect = Expect::Server(&[400]);
    vec![
        refused("dot dot", "..", UNKNOWN),
        refused("dot dot acme", "../acme", UNKNOWN),
        refused("an escaped letter", "%61cme", UNKNOWN),
        refused("an escaped slash", "a%2fb", UNKNOWN),
        refused("an escaped NUL", "acme%00", UNKNOWN),
        refused("NUL", "acme\0", BAD),
        refused("a slash", "acme/x", UNKNOWN),
        refused("nothing", "", UNKNOWN),
        refused("10 KB", &"a".repeat(10_000), UNKNOWN),
        refused("129 letters", &"a".repeat(129), UNKNOWN),
        refused("upper case", "ACME", UNKNOWN),
        refused("a blank after", "acme%20", UNKNOWN),
        // Cyrillic: hyper takes the bytes and the name is none; actix-web's server does not take them.
        refused("look-alike letters", "\u{430}cme", Expect::Differs(&UNKNOWN, &BAD)),
        refused("look-alike letters, escaped", "%D0%B0cme", UNKNOWN),
        refused("the name itself", "acme", Expect::Ack),
    ]
}

fn sources() -> Vec<Case> {
    vec![
        case("I6", "down", &to("down", "evt_6"), NO_KEYS),
        case("I6", "hangs", &to("hangs", "evt_6"), NO_KEYS),
        case("I6", "hands out an empty key", &to("empty", "evt_6"), NO_KEYS),
        case("I6", "the others are served", &to("acme", "evt_6"), Expect::Ack),
        // What has no chance does not reach the source.
        case(
            "I6",
            "down, without papers",
            &to("down", "evt_6").without_signature(),
            Expect::Refused(401, Reason::MissingHeader),
        ),
    ]
}

fn same_id() -> Vec<Case> {
    let other = signed(OTHERS, "evt_same").target("/t/other").build();
    vec![
        case("I7", "at acme", &to("acme", "evt_same"), Expect::Ack),
        case("I7", "at other", &other, Expect::Ack),
        case("I7", "at acme again", &to("acme", "evt_same"), Expect::Dup),
        case("I7", "at other again", &other, Expect::Dup),
    ]
}

/// The same bytes under the same secret: the digest alone would make the second a duplicate.
fn same_bytes() -> Vec<Case> {
    let push = |tenant: &str| crate::sender::push("same").with_target(&format!("/t/{tenant}"));
    vec![
        case("I7", "at acme, by digest", &push("acme"), Expect::Ack),
        case("I7", "at twin, by digest", &push("twin"), Expect::Ack),
        case("I7", "at acme again, by digest", &push("acme"), Expect::Dup),
    ]
}

/// The bytes are compared by the runner; here the work is: both read the whole body.
#[test]
fn i2_an_unknown_tenant_is_told_what_a_bad_signature_is_told_for_the_same_work() {
    for adapter in BOTH {
        let mut answers = Vec::new();
        for request in [to("acme", "evt_bad").tampered_signature(), to("nobody", "evt_bad")] {
            let server = Server::on_route(adapter, EVERYWHERE, stripe().tenant_from_path("/t/{tenant}").unwrap());
            answers.push(send(&server, &request).without_date());
            assert_eq!(server.only_record().body_bytes, request.body().len(), "{adapter:?}");
        }
        assert_eq!(answers[0], answers[1], "{adapter:?}");
    }
}

/// I8, with 6,000 names for the 10⁶ of the case: more than are remembered at once.
#[test]
fn i8_made_up_tenants_take_no_memory_and_no_label() {
    const NAMES: usize = 6000;
    for adapter in BOTH {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        let keys = Keys::resolve(move |tenant| {
            count.fetch_add(1, Ordering::Relaxed);
            std::future::ready(Ok::<_, BoxError>((tenant == "acme").then(|| Secret::new(CANARY))))
        });
        let endpoint = at_now(Endpoint::stripe(keys).unwrap()).tenant_from_path("/t/{tenant}").unwrap();
        let server = Server::on_route(adapter, EVERYWHERE, endpoint);
        let before = resident_bytes();
        let mut wire = Wire::connect(server.address);
        let template = to("NAME", "evt_8");
        for number in 0..NAMES {
            wire.write(&raw(&template.clone().with_target(&format!("/t/made-up-{number}"))));
            assert_eq!(wire.answer().map(|answer| answer.status), Some(401), "{adapter:?} {number}");
        }
        let labels = server.records().iter().filter(|record| record.tenant.is_some()).count();
        assert_eq!(labels, 0, "{adapter:?}: a made-up name is written down as a tenant's");
        assert_eq!(server.endpoint.count(Outcome::Rejected), NAMES as u64);
        server.forget();
        let grown = resident_bytes().saturating_sub(before);
        assert!(grown < 96 << 20, "{adapter:?}: {grown} bytes more");
        assert_eq!(send(&server, &to("acme", "evt_8")).status, 200, "{adapter:?}: a tenant of ours is still served");
        assert_eq!(server.only_record().tenant.as_deref(), Some("acme"));
        assert!(asked.load(Ordering::Relaxed) <= NAMES + 1, "{adapter:?}");
    }
}

/// L12: the time does not tell an unknown tenant from a bad signature. Welch's t over 2,000 pairs for the 10⁵ of the
/// case, twice; a machine under load may need more tries.
#[test]
fn l12_the_time_tells_no_tenant() {
    for adapter in BOTH {
        let endpoint = stripe().tenant_from_path("/t/{tenant}").unwrap();
        let server = Server::on_route(adapter, EVERYWHERE, endpoint);
        let mut tries = Vec::new();
        while tries.len() < 8 && alike(&tries) < 2 {
            tries.push(welch(adapter, &server));
        }
        assert_eq!(alike(&tries), 2, "{adapter:?}: the means differ: {tries:?}");
    }
}

/// In how many tries the means did not differ.
fn alike(tries: &[f64]) -> usize {
    tries.iter().filter(|t| t.abs() < 5.0).count()
}

fn welch(adapter: Adapter, server: &Server) -> f64 {
    const PAIRS: usize = 2000;
    let long = |tenant: &str| {
        let body = format!(r#"{{"id":"evt","padding":"{}"}}"#, "x".repeat(4000));
        raw(&now(hookporter_testkit::stripe(CANARY))
            .body(body)
            .target(&format!("/t/{tenant}"))
            .build()
            .tampered_signature())
    };
    let requests = [long("acme"), long("nobo")];
    let mut wire = Wire::connect(server.address);
    let mut times = [Vec::new(), Vec::new()];
    for pair in 0..PAIRS {
        // Taking turns in who comes first, so that neither profits from what the other warmed.
        for which in [pair % 2, 1 - pair % 2] {
            let started = Instant::now();
            wire.write(&requests[which]);
            assert_eq!(wire.answer().map(|answer| answer.status), Some(401), "{adapter:?}");
            times[which].push(started.elapsed().as_secs_f64());
        }
    }
    server.forget();
    let [first, second] = times.map(trimmed);
    (first.0 - second.0) / (first.1 + second.1).sqrt()
}

/// Mean, and variance of the mean, without the slowest fifth: those are the scheduler's.
fn trimmed(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    times.truncate(times.len() * 4 / 5);
    let count = times.len() as f64;
    let mean = times.iter().sum::<f64>() / count;
    let variance = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (mean, variance / count)
}
