//! Section F, claims: what a payload says once its signature holds. Every token here is signed as it should be.

use hookporter::jwt::{ClaimsPolicy, TokenScheme};
use hookporter::{ConfigError, Coverage, Encoding, Endpoint, Header, Reason, Scheme, Secret, UnixTime};
use hookporter_testkit::SignedRequest;

use super::f_tokens::{HS256, token, with_token};
use super::{BOTH, CANARY, Case, Expect, Group, NOW, Server, TARGET, at_now, case, run_case};

const CLAIM: Expect = Expect::Refused(401, Reason::ClaimMismatch);
const MALFORMED: Expect = Expect::Refused(401, Reason::MalformedToken);
const EXPIRED: Expect = Expect::Refused(401, Reason::TokenExpired);
const EARLY: Expect = Expect::Refused(401, Reason::TokenNotYetValid);
const OTHER_BODY: Expect = Expect::Refused(401, Reason::BodyHashMismatch);

const HASH: &str = "x-acme-token";

pub(super) fn groups() -> Vec<Group> {
    let expiring = TokenScheme::hs256().in_body("data").claims(ClaimsPolicy::new().require_expiry());
    vec![
        Group { endpoint: custom(expiring), cases: required_expiry() },
        // The same claims where none is required: one that is there is held to all the same.
        Group { endpoint: at_now(Endpoint::shipmondo(Secret::new(CANARY)).unwrap()), cases: times() },
        Group { endpoint: custom(hashed()), cases: body_hashes() },
        Group { endpoint: custom(TokenScheme::hs256()), cases: vec![case("F26", "origin only", &bare(), Expect::Ack)] },
    ]
}

fn custom(scheme: TokenScheme) -> Endpoint {
    at_now(Endpoint::custom("claims", Scheme::token(scheme), Secret::new(CANARY)).unwrap())
}

fn says(id: &'static str, payload: &str, expect: Expect) -> Case {
    case(id, format!("payload {payload}"), &with_token(&token(HS256, payload)), expect)
}

fn required_expiry() -> Vec<Case> {
    let mut cases = vec![
        says("F15", "{}", CLAIM),
        says("F15", r#"{"EXP":1700000100}"#, CLAIM),
        says("F15", r#"{"a":{"exp":1700000100}}"#, CLAIM),
        says("F15", "[1700000100]", CLAIM),
        says("F15", r#"{"exp":1700000100}"#, Expect::Ack),
        // A number is a number, with a fraction or without.
        says("F15", r#"{"exp":1700000100.5}"#, Expect::Ack),
        says("F17", r#"{"exp":1699999990}"#, EXPIRED),
        says("F17", r#"{"exp":1699999991}"#, Expect::Ack),
    ];
    for exp in odd_times() {
        cases.push(says("F15", &format!(r#"{{"exp":{exp}}}"#), CLAIM));
    }
    cases
}

/// What is no time, whatever a library makes of it.
fn odd_times() -> [&'static str; 9] {
    [r#""1700000100""#, "null", "-1", "-1700000100", "1e30", "true", "[1700000100]", r#"{"s":1700000100}"#, r#""""#]
}

fn times() -> Vec<Case> {
    let mut cases = vec![
        says("F14", r#"{"no":"exp"}"#, Expect::Ack),
        says("F16", r#"{"exp":1700000100000}"#, CLAIM),
        says("F16", r#"{"nbf":1700000000000}"#, CLAIM),
        says("F16", r#"{"iat":1700000000000}"#, CLAIM),
        // Ten seconds of leeway, to the second.
        says("F17", r#"{"exp":1699999990}"#, EXPIRED),
        says("F17", r#"{"exp":0}"#, EXPIRED),
        says("F17", r#"{"exp":1699999991}"#, Expect::Ack),
        says("F18", r#"{"nbf":1700000011}"#, EARLY),
        says("F18", r#"{"nbf":1700000010.5}"#, EARLY),
        says("F18", r#"{"nbf":1700000010}"#, Expect::Ack),
        // A claim of a wrong type is no absent one (CVE-2026-25537).
        says("F18", r#"{"nbf":"9999"}"#, CLAIM),
        says("F19", r#"{"iat":1700000011}"#, EARLY),
        says("F19", r#"{"iat":253402300799}"#, EARLY),
        says("F19", r#"{"iat":1700000010}"#, Expect::Ack),
        says("F20", r#"{"exp":1700000100,"exp":1700000100}"#, MALFORMED),
        says("F20", r#"{"exp":1,"exp":1700000100}"#, MALFORMED),
        says("F20", r#"{"exp":1700000100,"\u0065xp":1}"#, MALFORMED),
        says("F20", r#"{"iss":"a","iss":"b"}"#, MALFORMED),
        says("F20", r#"{"made-up":1,"made-up":2}"#, MALFORMED),
    ];
    for claim in ["exp", "nbf", "iat"] {
        for value in odd_times() {
            cases.push(says("F15", &format!(r#"{{"{claim}":{value}}}"#), CLAIM));
        }
    }
    cases
}

/// A delivery with a token beside its body.
fn bare() -> SignedRequest {
    let maker = hookporter_testkit::custom(Scheme::token(TokenScheme::hs256()), CANARY);
    maker.at(UnixTime::from_secs(NOW)).target(TARGET).build()
}

fn hashed() -> TokenScheme {
    TokenScheme::hs256().in_header(Header::new(HASH)).body_hash("sha256", Encoding::Hex)
}

fn body_hashes() -> Vec<Case> {
    let maker = hookporter_testkit::custom(Scheme::token(hashed()), CANARY);
    let maker = maker.at(UnixTime::from_secs(NOW)).target(TARGET);
    let valid = maker.body(r#"{"a":1}"#).build();
    let says = |claims: &str| valid.clone().with_header(HASH, &token(HS256, claims));
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let mut cases = vec![
        case("F27", "another body", &valid.clone().with_body(r#"{"a":2}"#), OTHER_BODY),
        case("F27", "no body", &valid.clone().with_body(""), OTHER_BODY),
        case("F27", "the hash of nothing", &says(&format!(r#"{{"sha256":"{empty}"}}"#)), OTHER_BODY),
        case("F27", "half a hash", &says(&format!(r#"{{"sha256":"{}"}}"#, empty.split_at(32).0)), OTHER_BODY),
        case("F27", "the body that it states", &valid, Expect::Ack),
        case(
            "D9",
            "no body, and the hash of nothing",
            &says(&format!(r#"{{"sha256":"{empty}"}}"#)).with_body(""),
            Expect::Ack,
        ),
    ];
    for claims in ["{}", r#"{"sha256":null}"#, r#"{"sha256":17}"#, r#"{"sha256":["00"]}"#, r#"{"sha256":"zz"}"#, "[]"] {
        cases.push(case("F27", format!("claims {claims}"), &says(claims), CLAIM));
    }
    let twice = format!(r#"{{"sha256":"{empty}","sha256":"{empty}"}}"#);
    cases.push(case("F20", "the hash twice", &says(&twice).with_body(""), MALFORMED));
    cases
}

/// F13: a payload that is a JSON string with JSON in it is opened once; what is in it is what the event says.
#[test]
fn f13_a_payload_that_is_text_with_json_in_it_is_opened() {
    let opened = [
        (r#""{\"data\":{\"id\":1}}""#, r#"{"data":{"id":1}}"#),
        (r#""[1,2]""#, "[1,2]"),
        (r#"{"data":{"id":2}}"#, r#"{"data":{"id":2}}"#),
        // Once, and only where JSON is inside.
        (r#""\"{}\"""#, r#""\"{}\"""#),
        (r#""{broken""#, r#""{broken""#),
        (r#""text""#, r#""text""#),
    ];
    for adapter in BOTH {
        let server = Server::start(adapter, at_now(Endpoint::shipmondo(Secret::new(CANARY)).unwrap()));
        for (payload, wanted) in opened {
            run_case(adapter, &server, &says("F13", payload, Expect::Ack));
            let event = server.handed_off().remove(0);
            assert_eq!(event.payload(), wanted);
            assert_eq!(event.coverage(), Coverage::Payload);
        }
        // The claims of what is inside count: it has expired.
        run_case(adapter, &server, &says("F13", r#""{\"exp\":1}""#, EXPIRED));
    }
}

/// F25: a header that no token covers is a hint. As gathered, the mismatch is counted; nobody is told which member of
/// the payload the header repeats, so there is nothing to compare, and the event says that its type is unsigned.
#[test]
fn f25_an_unsigned_header_is_a_hint() {
    for adapter in BOTH {
        let server = Server::start(adapter, at_now(Endpoint::shipmondo(Secret::new(CANARY)).unwrap()));
        let request = with_token(&token(HS256, r#"{"data":{"id":119175}}"#)).with_header("smd-resource-id", "666");
        run_case(adapter, &server, &case("F25", "another resource in the header", &request, Expect::Ack));
        let event = server.handed_off().remove(0);
        assert_eq!(event.payload(), r#"{"data":{"id":119175}}"#);
        assert!(!event.is_type_signed());
    }
}

/// F26: of a token that says nothing of the body nothing is claimed for the body.
#[test]
fn f26_no_more_is_claimed_than_a_token_covers() {
    for adapter in BOTH {
        for (scheme, coverage) in [(TokenScheme::hs256(), Coverage::Origin), (hashed(), Coverage::Body)] {
            let maker = hookporter_testkit::custom(Scheme::token(scheme.clone()), CANARY);
            let request = maker.at(UnixTime::from_secs(NOW)).target(TARGET).build();
            let server = Server::start(adapter, custom(scheme));
            run_case(adapter, &server, &case("F26", coverage.as_str(), &request, Expect::Ack));
            assert_eq!(server.handed_off().remove(0).coverage(), coverage);
        }
    }
}

/// A leeway that outlives every clock is no leeway, and a token cannot hold the hash of the body that it is in.
#[test]
fn f17_f27_a_token_scheme_that_checks_nothing_does_not_build() {
    let build = |scheme| Endpoint::custom("claims", Scheme::token(scheme), Secret::new(CANARY)).unwrap_err();
    let problem = |text: &str| ConfigError::Scheme { problem: text.to_owned() };
    let lax = TokenScheme::hs256().claims(ClaimsPolicy::new().leeway(301));
    assert_eq!(build(lax), problem("a leeway of 301 s; at most 300 s"));
    let within = TokenScheme::hs256().in_body("data").body_hash("sha256", Encoding::Hex);
    assert_eq!(build(within), problem("a token in the body cannot hold the hash of that body"));
}
