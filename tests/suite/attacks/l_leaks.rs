//! Section L: handshakes of Slack and Discord, and what shows outside. L3 and L5 (Zoom, Meta: unsigned challenges and
//! verify tokens) are in `handshakes`; L12 is with the tenants.

use std::sync::Arc;

use hookporter::{Endpoint, Json, Keys, Outcome, Reason, Secret};
use hookporter_testkit::{SignedRequest, discord_keys};
use serde_json::{Value, json};

use super::{CANARY, Case, Expect, Group, at_now, case};
use crate::sender::{github, now, paid, push, send, stripe, told};
use crate::server::{BOTH, Server, wait_for};
use crate::trace;

const REFUSED: Expect = Expect::Refused(401, Reason::HandshakeRefused);
const ANSWERED: Expect = Expect::Told(200, Outcome::Handshake);
const MISSING: Expect = Expect::Refused(401, Reason::MissingHeader);
const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);

pub fn groups() -> Vec<Group> {
    vec![Group { endpoint: slack(), cases: slack_cases() }, Group { endpoint: discord(), cases: discord_cases() }]
}

fn slack() -> Endpoint {
    at_now(Endpoint::slack(Secret::new(CANARY)).unwrap())
}

fn discord() -> Endpoint {
    at_now(Endpoint::discord(Secret::new(discord_keys().receiver)).unwrap())
}

fn challenge(text: &str) -> SignedRequest {
    slack_sends(&json!({"token": "t", "challenge": text, "type": "url_verification"}))
}

fn slack_sends(body: &Value) -> SignedRequest {
    now(hookporter_testkit::slack(CANARY)).json(body).build()
}

fn discord_sends(body: &Value) -> SignedRequest {
    now(hookporter_testkit::discord(discord_keys().sender)).json(body).build()
}

fn slack_cases() -> Vec<Case> {
    let proper = challenge("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P");
    let twice =
        now(hookporter_testkit::slack(CANARY)).body(r#"{"type":"url_verification","challenge":"a","challenge":"b"}"#);
    vec![
        case("L1", "Slack's challenge", &proper, ANSWERED),
        case("L1", "Slack's challenge again: no event, so no duplicate", &proper, ANSWERED),
        case(
            "L1",
            "an event of Slack's that has a challenge",
            &slack_sends(&json!({"type": "event_callback", "event_id": "E", "challenge": "x"})),
            Expect::Ack,
        ),
        case("L2", "unsigned", &proper.clone().without_signature(), MISSING),
        case("L2", "wrongly signed", &proper.clone().tampered_signature(), WRONG),
        case(
            "L2",
            "another challenge under the same proof",
            &proper.with_body(challenge("other").body().clone()),
            WRONG,
        ),
        case("L4", "CRLF", &challenge("a\r\nset-cookie: b=c"), REFUSED),
        case("L4", "HTML", &challenge("<script>alert(1)</script>"), REFUSED),
        case("L4", "a signable message", &challenge("v0:1700000000:{}"), REFUSED),
        case("L4", "257 letters", &challenge(&"a".repeat(257)), REFUSED),
        case("L4", "empty", &challenge(""), REFUSED),
        case("L4", "none", &slack_sends(&json!({"type": "url_verification"})), REFUSED),
        case("L4", "no text", &slack_sends(&json!({"type": "url_verification", "challenge": {"a": 1}})), REFUSED),
        case("L4", "two", &twice.build(), REFUSED),
        // Longer than any challenge: not looked at, not echoed, an event like any other.
        case("L4", "1 MB", &challenge(&"a".repeat(900_000)), Expect::Ack),
    ]
}

fn discord_cases() -> Vec<Case> {
    let ping = discord_sends(&json!({"type": 1, "id": "1", "version": 1}));
    vec![
        case("L1", "Discord's PING", &ping, ANSWERED),
        case(
            "L1",
            "an event, whose type is 1 too",
            &discord_sends(&json!({"type": 1, "event": {"type": "A"}})),
            Expect::Ack,
        ),
        case(
            "L1",
            "Discord's PING of webhook events",
            &discord_sends(&json!({"type": 0, "version": 1})),
            Expect::Told(204, Outcome::Handshake),
        ),
        case("L2", "unsigned", &ping.clone().without_signature(), MISSING),
        case("L2", "wrongly signed, as Discord does on purpose", &ping.tampered_signature(), WRONG),
    ]
}

#[test]
fn l1_challenges_are_answered_as_documented_and_never_in_a_header() {
    for adapter in BOTH {
        let server = Server::start(adapter, slack());
        let answer = send(&server, &challenge("3eZbrw1aBm2rZgRNFdxV"));
        assert_eq!((answer.status, &*answer.body), (200, &b"3eZbrw1aBm2rZgRNFdxV"[..]), "{adapter:?}");
        assert_eq!(answer.header("content-type"), Some("text/plain"), "{adapter:?}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{adapter:?}");
        let echoed = answer.headers.iter().any(|(_, value)| value.contains("3eZbrw1aBm2rZgRNFdxV"));
        assert!(!echoed && server.handed_off().is_empty(), "{adapter:?}");

        let server = Server::start(adapter, discord());
        let answer = send(&server, &discord_sends(&json!({"type": 1})));
        assert_eq!((answer.status, &*answer.body), (200, &br#"{"type":1}"#[..]), "{adapter:?}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{adapter:?}");
        assert!(server.handed_off().is_empty(), "{adapter:?}");
    }
}

/// L6: an answer has a status, a length, a date, and no word; nothing that is written down has the right signature.
#[test]
fn l6_a_refusal_says_nothing() {
    const EXPECTED: [&str; 5] = ["content-length", "date", "connection", "retry-after", "allow"];
    for adapter in BOTH {
        let server = Server::start(adapter, github().body_limit(1000));
        let right = push("l6");
        let signature = right.header("x-hub-signature-256").unwrap()["sha256=".len()..].to_owned();
        for request in [
            right.clone().tampered_signature(),
            right.clone().without_signature(),
            right.clone().repeated_signature(),
            right.clone().truncated_signature(1),
            push(&"long".repeat(1000)),
            push("gzip").with_header("content-encoding", "gzip"),
            now(hookporter_testkit::github(CANARY).method("PUT")).build(),
        ] {
            let answer = send(&server, &request);
            assert!(answer.body.is_empty(), "{adapter:?}: {answer:?}");
            let more = answer.headers.iter().find(|(name, _)| !EXPECTED.contains(&name.as_str()));
            assert_eq!(more, None, "{adapter:?}");
        }
        wait_for(|| server.records().len() == 7);
        let shown = format!("{:?}{:?}{:?}", server.records(), server.endpoint, trace::ours_with(&signature));
        assert!(!shown.contains(&signature), "{adapter:?}: the right signature shows");
    }
}

/// L7: every test server's log is watched at TRACE, see [`trace`]; here that the watch would see it, and that errors
/// and Debug texts have no secret.
#[test]
fn l7_the_secret_shows_in_no_error_and_no_debug_text() {
    trace::watch();
    tracing::trace!(target: "elsewhere", "is a watch kept, down to TRACE?");
    tracing::trace!(target: "hookporter", "marker of l7");
    assert_eq!(trace::ours_with("marker of l7").len(), 1);
    let wrong =
        [format!("sk_live_{CANARY}"), format!("https://{CANARY}"), format!("{CANARY}\n"), CANARY[..15].to_owned()];
    for secret in wrong {
        let error = Endpoint::stripe(Secret::new(&*secret)).map(|_| ()).expect_err("it cannot be right");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(&CANARY[..15]), "{shown}");
    }
    let secret = Secret::new(CANARY);
    let keys = Keys::from([Secret::new(CANARY).named("old"), Secret::new(CANARY).named("new")]);
    let shown = format!("{secret:?} {keys:?} {:?} {:?}", stripe(), github().tenant_from_header("x-tenant"));
    assert!(!shown.contains(&CANARY[..15]), "{shown}");
    let source = Keys::resolve(|_| std::future::ready(Ok::<_, std::convert::Infallible>(Some(Secret::new(CANARY)))));
    assert!(!format!("{source:?}").contains(CANARY));
}

/// L7: broken material from a key source is logged, without the material.
#[test]
fn l7_broken_material_is_logged_without_itself() {
    for adapter in BOTH {
        let keys = Keys::resolve(|_| {
            let broken = Secret::new(format!("whsec_{CANARY}\n")).named("broken-of-l7");
            std::future::ready(Ok::<_, std::convert::Infallible>(Some(broken)))
        });
        let server = Server::start(adapter, at_now(Endpoint::stripe(keys).unwrap()));
        assert_eq!(told(&server, &paid("evt_l7")), 503, "{adapter:?}");
        assert!(!trace::ours_with("broken-of-l7").is_empty(), "{adapter:?}: said, by name");
        assert_eq!(trace::leaks(), Vec::<String>::new(), "{adapter:?}");
    }
}

/// L8: what is kept of the headers is an allow-list.
#[test]
fn l8_headers_are_not_kept_unless_asked_for() {
    const HEADERS: [&str; 5] =
        ["x-github-encoded-secret", "authorization", "cookie", "x-hub-signature-256", "proxy-authorization"];
    for adapter in BOTH {
        let server = Server::start(adapter, github());
        let request = HEADERS[..3].iter().fold(push("l8"), |request, name| request.with_header(name, "Bearer of-l8"));
        assert_eq!(told(&server, &request), 200);
        let event = &server.handed_off()[0];
        assert!(HEADERS.iter().all(|name| event.header(name).is_none()), "{adapter:?}");
        assert_eq!(event.header("x-github-event"), Some(&b"push"[..]), "{adapter:?}: the sender's own are");
        assert!(!format!("{:?}{event:?}", server.records()).contains("of-l8"), "{adapter:?}");
        assert!(trace::ours_with("of-l8").is_empty(), "{adapter:?}");
    }
    for name in ["authorization", "cookie", "x-hub-signature-256", "proxy-authorization"] {
        assert!(github().keep_headers(&[name]).is_err(), "{name} may be kept");
    }
}

/// L9 and L10: control characters stay inside one line, whatever carried them.
#[test]
fn l9_l10_control_characters_do_not_reach_a_terminal() {
    const EVIL: &str = "l9\u{1b}[31m\u{1b}]0;x\u{7}\r\nfake line\u{9b}2J\u{202e}";
    for adapter in BOTH {
        let server = Server::with_handler(adapter, stripe(), Arc::new(|_| 500));
        let body = json!({"id": EVIL, "type": EVIL, "api_version": EVIL});
        let request = now(hookporter_testkit::stripe(CANARY)).json(&body).header("user-agent", "l9\u{9b}2J").build();
        assert_eq!(told(&server, &request), 503);
        let record = server.only_record();
        let shown = format!("{record:?}{:?}", server.handed_off());
        assert!(!shown.chars().any(|letter| letter.is_control() || letter == '\u{202e}'), "{adapter:?}: {shown}");
        let logged = trace::ours_with("handler-failed");
        assert!(!logged.is_empty() && !logged.iter().any(|line| line.chars().any(char::is_control)), "{adapter:?}");
    }
}

/// What a person reads of a label is escaped by the label itself.
#[test]
fn l9_a_label_escapes_itself() {
    let scheme = hookporter::Scheme::hmac_sha256()
        .signature(hookporter::Header::new("x-sig").hex())
        .event_type(Json::pointer("/type"));
    let verifier = hookporter_core::Verifier::new(scheme.clone()).unwrap();
    let keys = verifier.prepare(&Secret::new(CANARY).into()).unwrap();
    let request = hookporter_testkit::custom(scheme, CANARY).json(&json!({"type": "a\u{1b}[2J\nb\u{202e}c"})).build();
    let delivery = request.check(&verifier, &keys, hookporter::UnixTime::from_secs(super::NOW)).unwrap();
    let label = verifier.read_labels(&delivery, &request.head()).kind.unwrap();
    assert_eq!(label.to_string(), r"a\u{1b}[2J\nb\u{202e}c");
}

/// L11, with 300 for the 10⁶ of the case: what becomes a metric's label has a bounded length, and what a stranger
/// chooses without a proof becomes none.
#[test]
fn l11_labels_are_bounded() {
    for adapter in BOTH {
        let server = Server::start(adapter, stripe());
        for number in 0..300 {
            let kind = format!("made.up.{number}.{}", "x".repeat(number));
            let request = now(hookporter_testkit::stripe(CANARY).event(&kind).event_id(&kind))
                .header("user-agent", &kind)
                .build();
            assert_eq!(told(&server, &request), 200);
            assert_eq!(told(&server, &request.tampered_signature()), 401);
        }
        wait_for(|| server.records().len() == 600);
        for record in server.records() {
            assert_eq!((&*record.endpoint, &*record.provider), ("stripe", "stripe"));
            let labels = [&record.event_id, &record.event_type, &record.api_version];
            assert!(labels.into_iter().flatten().all(|label| label.len() <= 255), "{adapter:?}: {record:?}");
            let unproven = record.outcome == Outcome::Rejected;
            assert!(!unproven || labels.into_iter().all(Option::is_none), "{adapter:?}: {record:?}");
        }
    }
}
