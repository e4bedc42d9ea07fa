//! Section J: the version gate, and labels. Where nothing is parked, what is not handled is told 503: a deploy can mend
//! it. Parking (J2, J3) needs the inbox of part 3.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hookporter::{Endpoint, Event, Outcome, Reason, Secret, VersionGate};
use hookporter_testkit::SignedRequest;
use serde_json::{Value, json};

use super::{CANARY, Case, Expect, Group, at_now, case};
use crate::sender::{now, send, stripe, told};
use crate::server::{BOTH, Server};

const NOT_HANDLED: Expect = Expect::Refused(503, Reason::VersionNotHandled);
const IGNORED: Expect = Expect::Told(200, Outcome::Ignored);

pub fn groups() -> Vec<Group> {
    let gated = |rule: &str| stripe().accept_versions([rule]).unwrap();
    let several = stripe().accept_versions(["=2025-08-27.basil", "train:acacia", "2023-01*"]).unwrap();
    let missing = stripe().version_gate(VersionGate::new(["=2025-08-27.basil"]).unwrap().allow_missing());
    let shopify = at_now(Endpoint::shopify(Secret::new(CANARY)).unwrap()).accept_versions(["=2025-07"]).unwrap();
    vec![
        Group { endpoint: several, cases: rules() },
        Group { endpoint: gated("2024-06-20..2025-01-01"), cases: spellings() },
        Group { endpoint: missing, cases: allowed_missing() },
        Group { endpoint: gated("=2025-08-27.basil"), cases: unsigned() },
        Group { endpoint: shopify, cases: unsigned_by_nature() },
        Group { endpoint: gated("20250827*"), cases: long_versions() },
        Group { endpoint: stripe(), cases: types() },
        Group { endpoint: stripe().only_types(["invoice.paid"]), cases: filtered() },
        Group { endpoint: stripe().on("invoice.paid", ignore).ignore_other_types(), cases: ignored() },
    ]
}

async fn ignore(_: Event) -> Result<(), std::convert::Infallible> {
    Ok(())
}

/// A Stripe event with an id of its own, and this version.
fn version(id: &str, version: impl Into<Value>) -> SignedRequest {
    body(&json!({"id": id, "type": "invoice.paid", "api_version": version.into()}))
}

fn body(body: &Value) -> SignedRequest {
    now(hookporter_testkit::stripe(CANARY)).json(body).build()
}

fn row(id: &'static str, text: &str, expect: Expect) -> Case {
    case(id, text, &version(&format!("evt_{id}_{text}"), text), expect)
}

fn rules() -> Vec<Case> {
    vec![
        row("J1", "2025-08-27.basil", Expect::Ack),
        row("J1", "2023-01-31", Expect::Ack),
        row("J2", "2025-08-28.basil", NOT_HANDLED),
        row("J2", "2025-08-27.basil2", NOT_HANDLED),
        row("J2", "2025-08-27", NOT_HANDLED),
        row("J2", "2023-02-01", NOT_HANDLED),
        row("J4", "2024-06-20.acacia", Expect::Ack),
        row("J4", "2025-03-31.acacia", Expect::Ack),
        row("J4", "2024-06-20.acaci", NOT_HANDLED),
        row("J4", "2024-06-20.x.acacia", NOT_HANDLED),
        row("J4", "2024-06-20.ACACIA", NOT_HANDLED),
        row("J4", ".acacia", NOT_HANDLED),
        case("J3", "none", &body(&json!({"id": "evt_none", "type": "invoice.paid"})), NOT_HANDLED),
        case("J3", "null", &version("evt_null", Value::Null), NOT_HANDLED),
        // Which of the two holds is the sender's secret; neither does.
        case("J3", "twice", &twice(), NOT_HANDLED),
    ]
}

fn twice() -> SignedRequest {
    let body = r#"{"id":"evt_twice","api_version":"2025-08-27.basil","api_version":"2020-01-01"}"#;
    now(hookporter_testkit::stripe(CANARY)).body(body).build()
}

/// Nothing is guessed: one spelling, or not handled.
fn spellings() -> Vec<Case> {
    let odd = [
        "2024-6-20",
        " 2024-06-20",
        "2024-06-20 ",
        "2024-06-20\n",
        "２０２４-06-20",
        "20240620",
        "2024/06/20",
        "2024-06-20T00:00:00Z",
        "2024-13-41x",
        "",
        "v2024-06-20",
        "2024-06-19",
        "2025-01-02",
    ];
    let mut cases: Vec<_> = odd.into_iter().map(|text| row("J6", text, NOT_HANDLED)).collect();
    for (what, value) in [("a number", json!(20_240_620)), ("a list", json!(["2024-06-20"])), ("true", json!(true))] {
        cases.push(case("J6", what, &version(&format!("evt_{what}"), value), NOT_HANDLED));
    }
    cases.push(row("J6", "2024-06-20", Expect::Ack));
    cases.push(row("J6", "2025-01-01.basil", Expect::Ack));
    cases
}

fn allowed_missing() -> Vec<Case> {
    vec![
        case("J3", "none, allowed by name", &body(&json!({"id": "evt_thin"})), Expect::Ack),
        case("J3", "null, allowed by name", &version("evt_thin_null", Value::Null), Expect::Ack),
        row("J3", "2020-01-01", NOT_HANDLED),
    ]
}

/// The signed body decides; a header says what it likes.
fn unsigned() -> Vec<Case> {
    let with = |id: &str, text: &str, header: &str| version(id, text).with_header("stripe-version", header);
    vec![
        case("J5", "a header says another", &with("evt_5a", "2025-08-27.basil", "2020-01-01"), Expect::Ack),
        case("J5", "a header says the right one", &with("evt_5b", "2020-01-01", "2025-08-27.basil"), NOT_HANDLED),
    ]
}

/// Shopify signs no version; the header is all there is, and the gate goes by it.
fn unsigned_by_nature() -> Vec<Case> {
    let with = |id: &str, text: &str| now(hookporter_testkit::shopify(CANARY).event_id(id).api_version(text)).build();
    vec![
        case("J5", "the only one there is", &with("5c", "2025-07"), Expect::Ack),
        case("J5", "another", &with("5d", "2024-07"), NOT_HANDLED),
        case("J5", "twice", &with("5e", "2025-07").repeated_header("x-shopify-api-version"), NOT_HANDLED),
    ]
}

fn long_versions() -> Vec<Case> {
    let long = format!("20250827{}", "7".repeat(900_000));
    vec![
        case("J7", "900 kB that begin right", &version("evt_7a", long.clone()), Expect::Ack),
        case("J7", "900 kB that do not", &version("evt_7b", &long[1..]), NOT_HANDLED),
    ]
}

fn typed(id: &str, kind: &str) -> SignedRequest {
    now(hookporter_testkit::stripe(CANARY).event_id(id).event(kind)).build()
}

fn types() -> Vec<Case> {
    vec![
        case("J8", "nobody knows it", &typed("evt_8a", "thing.invented"), Expect::Ack),
        case("J8", "none", &body(&json!({"id": "evt_8b"})), Expect::Ack),
        case("J7", "a type of 900 kB", &body(&json!({"id": "evt_8c", "type": "t".repeat(900_000)})), Expect::Ack),
    ]
}

/// Only what the user filtered out is acknowledged without a hand-off.
fn filtered() -> Vec<Case> {
    vec![
        case("J8", "filtered out", &typed("evt_8d", "thing.invented"), IGNORED),
        case("J8", "none, where a type is wanted", &body(&json!({"id": "evt_8e"})), IGNORED),
        case("J8", "a longer one", &typed("evt_8f", "invoice.paid.x"), IGNORED),
        case("J8", "wanted", &typed("evt_8g", "invoice.paid"), Expect::Ack),
        case(
            "J8",
            "filtered out, and forged",
            &typed("evt_8h", "x").tampered_signature(),
            Expect::Refused(401, Reason::InvalidSignature),
        ),
    ]
}

fn ignored() -> Vec<Case> {
    // The endpoint's own handler takes it, so the wrapped one is given nothing.
    let routed = Expect::Told(200, Outcome::Accepted);
    vec![
        case("J8", "ignored by name", &typed("evt_8i", "thing.invented"), IGNORED),
        case("J8", "routed", &typed("evt_8j", "invoice.paid"), routed),
    ]
}

#[test]
fn j7_labels_are_cut_before_anybody_counts_them() {
    for adapter in BOTH {
        let server = Server::start(adapter, stripe());
        let long = "x".repeat(300_000);
        let request = body(&json!({"id": long, "type": long, "api_version": long}));
        assert_eq!(told(&server, &request), 200);
        let record = server.only_record();
        let lengths = [record.event_id, record.event_type, record.api_version].map(|label| label.unwrap().len());
        assert_eq!(lengths, ["sha256:".len() + 64, 128, 128], "{adapter:?}");
        assert_eq!(server.handed_off()[0].body(), request.body(), "{adapter:?}: the bytes are whole");
    }
}

/// What the gate turns away leaves no mark: after a deploy the retry is taken.
#[test]
fn j2_what_was_not_handled_is_no_duplicate_after_the_deploy() {
    for adapter in BOTH {
        let deployed = Arc::new(AtomicUsize::new(0));
        let seen = deployed.clone();
        let rule = hookporter::VersionRule::predicate(move |_| seen.load(Ordering::SeqCst) == 1);
        let gate = VersionGate::new(["=never"]).unwrap().add(rule);
        let server = Server::start(adapter, stripe().version_gate(gate));
        let request = version("evt_deploy", "2026-01-01.new");
        let refused = send(&server, &request);
        assert_eq!(refused.status, 503, "{adapter:?}");
        assert!(
            refused.header("retry-after").is_some_and(|seconds| (1..=30).contains(&seconds.parse::<u32>().unwrap()))
        );
        deployed.store(1, Ordering::SeqCst);
        assert_eq!(told(&server, &request), 200, "{adapter:?}");
        let outcomes = [Outcome::Unavailable, Outcome::Accepted].map(|outcome| server.endpoint.count(outcome));
        assert_eq!(outcomes, [1, 1], "{adapter:?}");
    }
}

/// J5: what a handler is told of the version is what was signed.
#[test]
fn j5_the_signed_version_is_the_one_that_is_handed_on() {
    for adapter in BOTH {
        let server = Server::start(adapter, stripe());
        let request = version("evt_5", "2025-08-27.basil").with_header("stripe-version", "2020-01-01");
        assert_eq!(told(&server, &request), 200);
        assert_eq!(server.handed_off()[0].api_version(), Some("2025-08-27.basil"), "{adapter:?}");
    }
}
