//! The bad-input cases, each run against both adapters over a real socket.
//!
//! `data/attacks.json` holds the cases as they were gathered; every one of them is either here, or in
//! [`elsewhere::ELSEWHERE`] with the test that shows it or the part of the project that it waits for.

mod a_proof;
mod b_time;
mod b_units;
mod c_keys;
mod c_sources;
mod d_bytes;
mod d_forms;
mod e_size;
mod elsewhere;
mod f_claims;
mod f_envelopes;
mod f_tokens;
mod g_framing;
mod g_http2;
mod g_unread;
mod h_proxies;
mod h_twilio;
mod h_urls;
mod i_tenants;
mod j_versions;
mod k_marks;
mod k_replay;
mod l_leaks;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use hookporter::{Endpoint, FrozenClock, Outcome, Reason, UnixTime};
use hookporter_testkit::SignedRequest;

use crate::server::{Adapter, BOTH, EVERYWHERE, HOOK, PATH, Route, Server, wait_for};
use crate::wire::{self, Answer, Wire};

/// The moment at which every case happens.
pub const NOW: i64 = 1_700_000_000;

/// A secret that must show up nowhere.
pub const CANARY: &str = "canary-0123456789-abcdef-ABCDEF-xyz";

/// Cases that share an endpoint.
pub struct Group {
    pub endpoint: Endpoint,
    pub cases: Vec<Case>,
}

/// One case: what is sent, and what must come of it.
pub struct Case {
    pub id: &'static str,
    pub what: String,
    pub raw: Vec<u8>,
    pub expect: Expect,
}

/// What must come of a case.
#[derive(Debug, Clone, Copy)]
pub enum Expect {
    /// The sender's 2xx, and exactly one hand-off.
    Ack,
    /// A 2xx without a hand-off.
    Dup,
    /// A 2xx of another kind, without a hand-off.
    Told(u16, Outcome),
    /// Turned away with this status, for this reason, without a hand-off.
    Refused(u16, Reason),
    /// Stopped by the server itself before the pipeline: one of these statuses, or the connection closed; nothing
    /// written down, no hand-off.
    Server(&'static [u16]),
    /// The frameworks' own servers differ: what becomes of it behind tower, and behind actix-web.
    Differs(&'static Self, &'static Self),
}

impl Expect {
    /// What must come of it behind this adapter.
    fn behind(self, adapter: Adapter) -> Self {
        match (self, adapter) {
            (Self::Differs(tower, _), Adapter::Tower) => *tower,
            (Self::Differs(_, actix), Adapter::Actix) => *actix,
            (same, _) => same,
        }
    }
}

/// A case whose request is signed by the test kit and then changed.
pub fn case(id: &'static str, what: impl Into<String>, request: &SignedRequest, expect: Expect) -> Case {
    Case { id, what: what.into(), raw: raw(request), expect }
}

/// A case whose headers are bytes that no signed request could hold.
pub fn case_with(
    id: &'static str,
    what: impl Into<String>,
    request: &SignedRequest,
    header: (&str, &[u8]),
    expect: Expect,
) -> Case {
    let mut headers = byte_headers(&request.clone().without_header(header.0));
    headers.push((header.0.to_owned(), header.1.to_vec()));
    let raw = wire::request(request.method(), request.target(), &headers, request.body());
    Case { id, what: what.into(), raw, expect }
}

pub fn raw(request: &SignedRequest) -> Vec<u8> {
    wire::request(request.method(), request.target(), &byte_headers(request), request.body())
}

pub fn byte_headers(request: &SignedRequest) -> Vec<(String, Vec<u8>)> {
    request.headers().iter().map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect()
}

/// An endpoint at the moment of the cases.
pub fn at_now(endpoint: Endpoint) -> Endpoint {
    endpoint.clock(FrozenClock(UnixTime::from_secs(NOW)))
}

/// Runs groups against both adapters.
pub fn run(groups: impl Fn() -> Vec<Group>) {
    run_on(HOOK, groups);
}

/// Runs groups against both adapters, mounted on a route.
pub fn run_on(route: Route, groups: impl Fn() -> Vec<Group>) {
    for adapter in BOTH {
        let mut refusal: Option<Answer> = None;
        for group in groups() {
            let server = Server::on_route(adapter, route, group.endpoint);
            for case in group.cases {
                let answer = run_case(adapter, &server, &case);
                if let Some(answer) = answer.filter(|answer| answer.status == 401) {
                    let mut answer = answer.without_date();
                    // Whether the server closes depends on whether it read the body, which the sender's own head decides.
                    answer.headers.retain(|(name, _)| name != "connection");
                    let first = refusal.get_or_insert_with(|| answer.clone());
                    assert_eq!(*first, answer, "{adapter:?} {}: refusals differ", case.id);
                }
            }
        }
    }
}

fn run_case(adapter: Adapter, server: &Server, case: &Case) -> Option<Answer> {
    let name = format!("{adapter:?} {} ({})", case.id, case.what);
    server.forget();
    let started = Instant::now();
    let mut wire = Wire::connect(server.address);
    wire.write(&case.raw);
    let answer = wire.answer();
    // A body that does not come is waited for ten seconds; a busy machine needs some.
    assert!(started.elapsed() < Duration::from_secs(8), "{name}: answered after {:?}", started.elapsed());
    let (status, outcome, reason, hand_offs) = match case.expect.behind(adapter) {
        Expect::Ack => (200, Outcome::Accepted, None, 1),
        Expect::Dup => (200, Outcome::Duplicate, None, 0),
        Expect::Told(status, outcome) => (status, outcome, None, 0),
        Expect::Refused(status, reason) => {
            let outcome = if reason.is_unavailable() { Outcome::Unavailable } else { Outcome::Rejected };
            (status, outcome, Some(reason), 0)
        }
        Expect::Server(statuses) => {
            if let Some(answer) = &answer {
                assert!(statuses.contains(&answer.status), "{name}: {answer:?}");
            }
            assert!(server.handed_off().is_empty(), "{name}: handed off");
            assert!(server.records().is_empty(), "{name}: reached the pipeline: {:?}", server.records());
            return None;
        }
        Expect::Differs(..) => unreachable!("settled above"),
    };
    let answer = answer.unwrap_or_else(|| panic!("{name}: no answer"));
    wait_for(|| !server.records().is_empty());
    let records = server.records();
    let seen: Vec<_> = records.iter().map(|record| (record.outcome, record.reason)).collect();
    assert_eq!(seen, [(outcome, reason)], "{name}: {:?}", records.first().map(|record| &record.detail));
    assert_eq!(answer.status, status, "{name}");
    assert_eq!(server.handed_off().len(), hand_offs, "{name}: hand-offs");
    if status >= 400 {
        assert!(answer.body.is_empty(), "{name}: a refusal has no body");
    }
    assert_eq!(answer.header("allow"), (status == 405).then_some("POST"), "{name}: `Allow`");
    let shown = format!("{answer:?}{records:?}{:?}", server.endpoint);
    assert!(!shown.contains(CANARY), "{name}: the secret shows");
    Some(answer)
}

#[test]
fn section_a_presence_and_shape_of_the_proof() {
    run(a_proof::groups);
}

#[test]
fn section_b_time() {
    run(b_time::groups);
}

#[test]
fn section_c_keys() {
    run(c_keys::groups);
}

#[test]
fn section_d_bytes() {
    d_bytes::run();
}

#[test]
fn section_f_tokens() {
    run(f_tokens::groups);
}

#[test]
fn section_e_size_encoding_speed() {
    run(e_size::groups);
}

#[test]
fn section_g_framing() {
    run(g_framing::groups);
}

#[test]
fn section_h_urls_and_proxies() {
    run_on(EVERYWHERE, h_urls::groups);
    run_on(EVERYWHERE, h_twilio::groups);
    run_on(EVERYWHERE, h_proxies::groups);
}

#[test]
fn section_i_tenants() {
    run_on(EVERYWHERE, i_tenants::groups);
}

#[test]
fn section_j_versions() {
    run(j_versions::groups);
}

#[test]
fn section_k_replay() {
    run(k_replay::groups);
}

#[test]
fn section_l_handshakes() {
    run(l_leaks::groups);
}

/// Every gathered case is run here, or accounted for.
#[test]
fn every_gathered_case_is_accounted_for() {
    let gathered: Vec<serde_json::Value> = serde_json::from_str(include_str!("../../data/attacks.json")).unwrap();
    let mut missing: BTreeSet<String> = gathered.iter().map(|case| case["id"].as_str().unwrap().to_owned()).collect();
    let all: &[fn() -> Vec<Group>] = &[
        a_proof::groups,
        b_time::groups,
        c_keys::groups,
        d_bytes::groups,
        f_tokens::groups,
        e_size::groups,
        g_framing::groups,
        h_urls::groups,
        h_twilio::groups,
        h_proxies::groups,
        i_tenants::groups,
        j_versions::groups,
        k_replay::groups,
        l_leaks::groups,
    ];
    for groups in all {
        for case in groups().into_iter().flat_map(|group| group.cases) {
            missing.remove(case.id);
        }
    }
    for (id, _) in elsewhere::ELSEWHERE {
        missing.remove(*id);
    }
    assert!(missing.is_empty(), "neither run nor accounted for: {missing:?}");
}

/// Uses the path constant where a case writes its own target.
pub const TARGET: &str = PATH;
