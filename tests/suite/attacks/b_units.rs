//! Section B, units: times that are no seconds, and times that stand beside the body without a separator.

use hookporter::{Endpoint, Header, Reason, Scheme, Secret};
use hookporter_testkit::SignedRequest;

use super::b_time::{group, made, nested_date, of, of_sender, signed_with};
use super::{CANARY, Case, Expect, Group, case};

const MALFORMED: Expect = Expect::Refused(401, Reason::MalformedTimestamp);
const MISSING: Expect = Expect::Refused(401, Reason::MissingHeader);
const REPEATED: Expect = Expect::Refused(401, Reason::RepeatedHeader);
const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);
const TOO_OLD: Expect = Expect::Refused(401, Reason::TimestampTooOld);
const TOO_NEW: Expect = Expect::Refused(401, Reason::TimestampTooNew);

const ACME_TIME: &str = "x-acme-time";
const HUBSPOT_URL: &str = "https://hooks.test/hook";

pub(super) fn groups() -> Vec<Group> {
    let acme = |scheme, cases| group(Endpoint::custom("acme", scheme, Secret::new(CANARY)).unwrap(), cases);
    let hubspot = Endpoint::custom_at("hubspot", hubspot_scheme(), Secret::new(CANARY), HUBSPOT_URL).unwrap();
    vec![
        of_sender("discord", discord()),
        group(hubspot, body_before_time()),
        acme(millis_scheme(), millis()),
        acme(iso_scheme(), iso()),
    ]
}

/// Discord signs time and body without a separator; only ten digits are a time, so no digit can change sides.
fn discord() -> Vec<Case> {
    const TIME: &str = "x-signature-timestamp";
    let valid = of("discord").body(r#"{"type":2}"#).build();
    let with_digit = of("discord").body(r#"7{"type":2}"#).build();
    let out = valid.clone().with_header(TIME, "170000000").with_body(r#"0{"type":2}"#);
    let into = with_digit.with_header(TIME, "17000000007").with_body(r#"{"type":2}"#);
    vec![
        case("B1", "discord: no timestamp", &valid.clone().without_header(TIME), MISSING),
        case("B24", "discord: another second", &valid.clone().with_header(TIME, "1700000001"), WRONG),
        case("B26", "discord: twice the same", &valid.repeated_header(TIME), REPEATED),
        case("B30", "discord: a digit moved into the body", &out, MALFORMED),
        case("B30", "discord: a digit moved into the time", &into, MALFORMED),
    ]
}

fn hubspot_scheme() -> Scheme {
    Scheme::hmac_sha256()
        .signed("{method}{url}{body}{timestamp}")
        .signature(Header::new("x-hubspot-signature-v3").base64())
        .timestamp(Header::new("x-hubspot-request-timestamp").unix_millis())
}

fn body_before_time() -> Vec<Case> {
    const TIME: &str = "x-hubspot-request-timestamp";
    let signed = |body: &str| {
        made(hookporter_testkit::custom(hubspot_scheme(), CANARY)).url(HUBSPOT_URL).body(body.to_owned()).build()
    };
    let out = signed("{}").with_header(TIME, "700000000000").with_body("{}1");
    let into = signed("17").with_header(TIME, "71700000000000").with_body("1");
    vec![
        case("B30", "hubspot: as it was signed", &signed("{}"), Expect::Ack),
        case("B30", "hubspot: a digit moved into the body", &out, MALFORMED),
        case("B30", "hubspot: a digit moved into the time", &into, MALFORMED),
    ]
}

fn millis_scheme() -> Scheme {
    acme_scheme().timestamp(Header::new(ACME_TIME).unix_millis())
}

fn iso_scheme() -> Scheme {
    acme_scheme().timestamp(Header::new(ACME_TIME).rfc3339())
}

fn acme_scheme() -> Scheme {
    Scheme::hmac_sha256().signed("{timestamp}.{body}").signature(Header::new("x-acme-signature").hex())
}

fn acme_at(time: &str) -> SignedRequest {
    let signature = signed_with("", time, ".", "{}");
    made(hookporter_testkit::custom(iso_scheme(), CANARY))
        .body("{}")
        .build()
        .with_header(ACME_TIME, time)
        .with_header("x-acme-signature", &signature)
}

fn millis() -> Vec<Case> {
    vec![
        case("B18", "milliseconds: as it should be", &acme_at("1700000000999"), Expect::Ack),
        case("B18", "milliseconds: seconds", &acme_at("1700000000"), MALFORMED),
        case("B9", "milliseconds: seconds filled up", &acme_at("0001700000000"), MALFORMED),
        case("B16", "milliseconds: the largest number", &acme_at("9223372036854775807"), MALFORMED),
        case("B6", "milliseconds: the year 2286", &acme_at("9999999999999"), TOO_NEW),
    ]
}

fn iso() -> Vec<Case> {
    let ack = [
        ("B19", "2023-11-15T00:13:20+02:00"),
        ("B19", "2023-11-14T22:13:20Z"),
        ("B19", "2023-11-14T16:43:20-05:30"),
        // Nine fraction digits are the most that any clock writes.
        ("B22", "2023-11-14T22:13:20.123456789Z"),
    ];
    let malformed = [
        ("B20", "2023-11-14T22:13:20"),
        ("B20", "2023-11-14T22:13:20.000"),
        ("B20", "2023-11-14 22:13:20"),
        ("B20", "2023-11-14"),
        ("B21", "2023-11-14T22:12:60Z"),
        ("B21", "2023-13-14T22:13:20Z"),
        ("B21", "2023-02-29T22:13:20Z"),
        ("B21", "2023-11-31T22:13:20Z"),
        ("B21", "2023-11-14T24:00:00Z"),
        ("B22", "2023-11-14T22:13:20.000000000000000000000000000000Z"),
        ("B23", "Tue, 14 Nov 2023 22:13:20 GMT"),
        ("B12", "２０２３-11-14T22:13:20Z"),
    ];
    let ack = ack.map(|(id, text)| case(id, format!("iso: {text}"), &acme_at(text), Expect::Ack));
    let malformed = malformed.map(|(id, text)| case(id, format!("iso: {text}"), &acme_at(text), MALFORMED));
    let mut cases: Vec<_> = ack.into_iter().chain(malformed).collect();
    // The zone counts: two hours are out of every tolerance.
    cases.push(case("B19", "iso: the same digits, another zone", &acme_at("2023-11-14T22:13:20+02:00"), TOO_OLD));
    cases.push(case("B23", "iso: nested comments", &acme_at(&nested_date()), MALFORMED));
    cases
}
