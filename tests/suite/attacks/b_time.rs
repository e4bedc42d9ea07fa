//! Section B: time. Whatever the timestamp says, the signature is made over just that text, so that nothing but the
//! timestamp is wrong.

use std::time::Duration;

use hookporter::{ConfigError, Endpoint, Header, Reason, Scheme, Secret, UnixTime};
use hookporter_testkit::{ManualClock, RequestMaker, SignedRequest, keys, provider};

use super::{BOTH, CANARY, Case, Expect, Group, NOW, Server, TARGET, at_now, b_units, case, case_with, run_case};

const MALFORMED: Expect = Expect::Refused(401, Reason::MalformedTimestamp);
const HEADER: Expect = Expect::Refused(401, Reason::MalformedHeader);
const MISSING: Expect = Expect::Refused(401, Reason::MissingHeader);
const REPEATED: Expect = Expect::Refused(401, Reason::RepeatedHeader);
const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);
const TOO_OLD: Expect = Expect::Refused(401, Reason::TimestampTooOld);
const TOO_NEW: Expect = Expect::Refused(401, Reason::TimestampTooNew);

const SLACK_TIME: &str = "x-slack-request-timestamp";

pub(super) fn groups() -> Vec<Group> {
    let shared = |id: &str, cases| group(Endpoint::provider(id, Secret::new(CANARY)).unwrap(), cases);
    let any_age = Endpoint::provider("slack", Secret::new(CANARY)).unwrap().no_freshness();
    let mut groups = vec![
        shared("slack", slack()),
        shared("stripe", stripe()),
        shared("github", without_timestamp()),
        of_sender("standard-webhooks", standard()),
        group(
            any_age,
            vec![
                case("B27", "switched off by name, a year old", &of("slack").stale(days(365)).build(), Expect::Ack),
                case("B27", "switched off by name, not a number", &slack_at("never"), MALFORMED),
            ],
        ),
    ];
    groups.extend(b_units::groups());
    for (id, past, future) in [("stripe", 300, 300), ("slack", 300, 300), ("discord", 900, 300)] {
        groups.push(of_sender(id, boundaries(id, past, future)));
    }
    let narrow = Endpoint::standard_webhooks(Secret::new(keys("standard-webhooks").unwrap().receiver)).unwrap();
    let narrow = narrow.tolerance(Duration::from_secs(600), Duration::from_secs(60)).unwrap();
    groups.push(group(narrow, boundaries("standard-webhooks", 600, 60)));
    groups
}

pub(super) fn group(endpoint: Endpoint, cases: Vec<Case>) -> Group {
    Group { endpoint: at_now(endpoint), cases }
}

/// An endpoint with the key that the test kit publishes for a sender.
pub(super) fn of_sender(id: &str, cases: Vec<Case>) -> Group {
    group(Endpoint::provider(id, Secret::new(keys(id).unwrap().receiver)).unwrap(), cases)
}

const fn days(count: u64) -> Duration {
    Duration::from_secs(count * 24 * 3600)
}

/// Requests of a sender's, made now: with the canary where secrets are shared text, else with the published key.
pub(super) fn of(id: &str) -> RequestMaker {
    let key = if matches!(id, "discord" | "standard-webhooks") { keys(id).unwrap().sender } else { CANARY };
    made(provider(id, key).unwrap())
}

pub(super) fn made(maker: RequestMaker) -> RequestMaker {
    maker.at(UnixTime::from_secs(NOW)).target(TARGET)
}

/// The two exact boundaries, from both sides.
fn boundaries(id: &str, past: u64, future: u64) -> Vec<Case> {
    let key = keys(id).unwrap().sender;
    let made = |case: &str| made(provider(id, key).unwrap()).event_id(&format!("evt_{case}"));
    let seconds = Duration::from_secs;
    vec![
        case("B2", format!("{id}: {past} s old"), &made("b2").stale(seconds(past)).build(), Expect::Ack),
        case("B3", format!("{id}: a second older"), &made("b3").stale(seconds(past + 1)).build(), TOO_OLD),
        case("B4", format!("{id}: {future} s ahead"), &made("b4").future(seconds(future)).build(), Expect::Ack),
        case("B5", format!("{id}: a second further"), &made("b5").future(seconds(future + 1)).build(), TOO_NEW),
    ]
}

/// `body`, signed together with a timestamp that is any text at all.
pub(super) fn signed_with(before: &str, time: &str, after: &str, body: &str) -> String {
    let scheme = Scheme::hmac_sha256()
        .signed(&format!("{before}{time}{after}{{body}}"))
        .signature(Header::new("x-signature").hex());
    let request = hookporter_testkit::custom(scheme, CANARY).body(body.to_owned()).build();
    request.header("x-signature").unwrap().to_owned()
}

fn slack_at(time: &str) -> SignedRequest {
    let signature = format!("v0={}", signed_with("v0:", time, ":", "{}"));
    of("slack").body("{}").build().with_header(SLACK_TIME, time).with_header("x-slack-signature", &signature)
}

fn stripe_at(time: &str) -> SignedRequest {
    let signature = signed_with("", time, ".", "{}");
    of("stripe").body("{}").build().with_header("stripe-signature", &format!("t={time},v1={signature}"))
}

/// Texts that some language's number parser takes, or that overflow; each is signed just so.
fn odd_times() -> Vec<(&'static str, String)> {
    let mut odd: Vec<(&'static str, String)> = [
        ("B7", "0"),
        ("B7", "-1"),
        ("B7", "-0"),
        ("B7", "-1700000000"),
        ("B8", "+1700000000"),
        ("B9", "01700000000"),
        ("B9", "0001700000000"),
        ("B9", "0170000000"),
        ("B10", "1700000000\u{a0}"),
        ("B10", "17000 00000"),
        ("B11", "0x6553f100"),
        ("B11", "1.7e9"),
        ("B11", "1700000000.0"),
        ("B11", "1_700_000_000"),
        ("B12", "١٧٠٠٠٠٠٠٠٠"),
        ("B12", "１７００００００００"),
        ("B13", "NaN"),
        ("B13", "Infinity"),
        ("B13", "null"),
        ("B14", "1700000000abc"),
        ("B14", "1700000000;"),
        ("B15", "18446744073709551616"),
        ("B15", "17000000001700000000"),
        ("B16", "9223372036854775807"),
        ("B16", "-9223372036854775808"),
        ("B17", "1700000000000"),
    ]
    .map(|(id, text)| (id, text.to_owned()))
    .into();
    odd.push(("B15", "1".repeat(400)));
    odd
}

/// Names an odd text without its length.
fn shown(sender: &str, text: &str) -> String {
    format!("{sender}: {text:.30}")
}

fn slack() -> Vec<Case> {
    let valid = of("slack").build();
    let mut cases = vec![
        case("B1", "slack: no timestamp", &valid.clone().without_header(SLACK_TIME), MISSING),
        case("B6", "slack: the year 2286", &of("slack").at(UnixTime::from_secs(9_999_999_999)).build(), TOO_NEW),
        // The server strips blanks around a header, so what arrives is fine and the signature does not fit it.
        case("B10", "slack: a blank before", &slack_at(" 1700000000"), WRONG),
        case("B10", "slack: a blank after", &slack_at("1700000000 "), WRONG),
        // An empty header is refused before anything in it is taken for a time.
        case("B13", "slack: empty", &slack_at(""), HEADER),
        case("B24", "slack: another second", &valid.clone().with_header(SLACK_TIME, "1700000001"), WRONG),
        case("B26", "slack: twice the same", &valid.clone().repeated_header(SLACK_TIME), REPEATED),
        case("B26", "slack: stale too", &valid.with_added_header(SLACK_TIME, "1600000000"), REPEATED),
        // No sender of ours signs an HTTP date, so no unit reads one and no recursive parser is here to overflow.
        case("B23", "slack: an HTTP date", &slack_at("Tue, 14 Nov 2023 22:13:20 GMT"), MALFORMED),
        case("B23", "slack: nested comments", &slack_at(&nested_date()), MALFORMED),
    ];
    cases.extend(odd_times().into_iter().map(|(id, text)| {
        let request = slack_at(&text);
        case_with(id, shown("slack", &text), &request, (SLACK_TIME, text.as_bytes()), MALFORMED)
    }));
    cases
}

/// An HTTP date that ends in 100 KB of nested comments.
pub(super) fn nested_date() -> String {
    format!("Tue, 14 Nov 2023 22:13:20 GMT {}{}", "(".repeat(50_000), ")".repeat(50_000))
}

fn stripe() -> Vec<Case> {
    const SIGNATURE: &str = "stripe-signature";
    let event = |id: &str| of("stripe").event_id(id);
    let valid = event("evt_time").build();
    let value = valid.header(SIGNATURE).unwrap().to_owned();
    let proof = |value: &str| valid.clone().with_header(SIGNATURE, value);
    let later = event("evt_retry").at(UnixTime::from_secs(NOW + 120)).build();
    let mut cases = vec![
        // In a list the missing timestamp is a flaw of the list.
        case("B1", "stripe: no t", &proof(value.split_once(',').unwrap().1), HEADER),
        case("B6", "stripe: the year 2286", &event("evt_1").at(UnixTime::from_secs(9_999_999_999)).build(), TOO_NEW),
        case("B10", "stripe: a blank before", &stripe_at(" 1700000000"), MALFORMED),
        case("B10", "stripe: a blank after", &stripe_at("1700000000 "), MALFORMED),
        case("B13", "stripe: empty", &stripe_at(""), MALFORMED),
        case("B24", "stripe: another second", &proof(&value.replace("t=1700000000", "t=1700000001")), WRONG),
        case("B26", "stripe: t twice, the same", &proof(&format!("t=1700000000,{value}")), HEADER),
        case("B26", "stripe: t twice, the second stale", &proof(&format!("{value},t=1600000000")), HEADER),
        case("B29", "stripe: the first delivery", &event("evt_retry").build(), Expect::Ack),
        case("B29", "stripe: its retry, signed anew", &later, Expect::Dup),
    ];
    cases.extend(odd_times().into_iter().map(|(id, text)| {
        let request = stripe_at(&text);
        let value = request.header(SIGNATURE).unwrap().to_owned();
        case_with(id, shown("stripe", &text), &request, (SIGNATURE, value.as_bytes()), MALFORMED)
    }));
    cases
}

/// Nothing is signed that could go stale: what is left is the digest of the bytes.
fn without_timestamp() -> Vec<Case> {
    let push = of("github").event("push").body(r#"{"ref":"refs/heads/main"}"#).build();
    let dated = push.clone().with_header("date", "Sat, 01 Jan 2000 00:00:00 GMT").with_header("x-timestamp", "0");
    vec![
        case("B28", "github: unsigned times are not judged", &dated, Expect::Ack),
        case("B28", "github: the replay is known by its bytes", &push, Expect::Dup),
        case("B28", "github: under another id, too", &push.with_header("x-github-delivery", "another"), Expect::Dup),
    ]
}

fn standard() -> Vec<Case> {
    const TIME: &str = "webhook-timestamp";
    const ID: &str = "webhook-id";
    let message = |id: &str| of("standard-webhooks").event_id(id);
    let valid = message("msg_time").build();
    let fresh_inside = format!(r#"{{"type":"a","timestamp":"2023-11-14T22:13:20Z","sent":{NOW}}}"#);
    let stale = message("msg_stale").body(fresh_inside).stale(Duration::from_secs(301)).build();
    let later = message("msg_retry").at(UnixTime::from_secs(NOW + 60)).build();
    // `msg.1700000000.{…}` can be cut at either dot.
    let shifted = message("msg").body(r#"1700000000.{"type":"a"}"#).build();
    let shifted = shifted.with_header(ID, "msg.1700000000").with_body(r#"{"type":"a"}"#);
    vec![
        case("B1", "standard: no timestamp", &valid.clone().without_header(TIME), MISSING),
        case("B24", "standard: another second", &valid.clone().with_header(TIME, "1700000001"), WRONG),
        case("B25", "standard: fresh inside, stale outside", &stale, TOO_OLD),
        case("B26", "standard: twice the same", &valid.clone().repeated_header(TIME), REPEATED),
        case(
            "B26",
            "standard: stale first",
            &valid.without_header(TIME).with_added_header(TIME, "1600000000").with_added_header(TIME, "1700000000"),
            REPEATED,
        ),
        case("B29", "standard: the first delivery", &message("msg_retry").build(), Expect::Ack),
        case("B29", "standard: its retry, signed anew", &later, Expect::Dup),
        case("B31", "standard: an id with a dot, signed", &message("msg.1").build(), HEADER),
        case("B31", "standard: a part of the body moved into the id", &shifted, HEADER),
    ]
}

/// One request, and a clock that moves past both ends of its life.
#[test]
fn the_clock_moves_past_both_boundaries() {
    for adapter in BOTH {
        let clock = ManualClock::at(UnixTime::from_secs(NOW));
        let endpoint = Endpoint::stripe(Secret::new(CANARY)).unwrap().clock(clock.clone());
        let endpoint = endpoint.tolerance(Duration::from_secs(600), Duration::from_secs(60)).unwrap();
        let server = Server::start(adapter, endpoint);
        let request = of("stripe").build();
        let steps = [
            ("B5", -61_000, TOO_NEW),
            ("B5", -60_001, TOO_NEW),
            ("B4", -60_000, Expect::Ack),
            ("B2", 600_000, Expect::Dup),
            // Bounds are held to the second.
            ("B2", 600_999, Expect::Dup),
            ("B3", 601_000, TOO_OLD),
        ];
        for (id, millis, expect) in steps {
            clock.set(UnixTime::from_millis(NOW * 1000 + millis));
            run_case(adapter, &server, &case(id, format!("the clock at {millis} ms"), &request, expect));
        }
    }
}

#[test]
fn b27_a_tolerance_of_nothing_or_of_everything_does_not_build() {
    let second = Duration::from_secs(1);
    for bound in [Duration::ZERO, Duration::from_millis(999), days(7) + second, Duration::MAX] {
        for (past, future) in [(bound, second), (second, bound)] {
            let error = Endpoint::slack(Secret::new(CANARY)).unwrap().tolerance(past, future).unwrap_err();
            assert_eq!(error, ConfigError::Tolerance { seconds: bound.as_secs() });
            let text = error.to_string();
            assert!(text.contains("1 s to 7 days") && text.contains("`no_freshness()`"), "{text}");
        }
    }
    let widest = Endpoint::slack(Secret::new(CANARY)).unwrap().tolerance(days(7), second);
    assert!(widest.is_ok());
}

/// Of a sender without a timestamp no freshness is claimed: the event has no moment of sending.
#[test]
fn b28_an_event_without_a_signed_time_has_none() {
    for adapter in BOTH {
        let server = Server::start(adapter, at_now(Endpoint::github(Secret::new(CANARY)).unwrap()));
        let request = of("github").header("x-timestamp", "1700000000").build();
        run_case(adapter, &server, &case("B28", "no moment of sending", &request, Expect::Ack));
        assert_eq!(server.handed_off()[0].sent_at(), None);
    }
}
