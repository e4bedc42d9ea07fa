//! Section A: presence and shape of the proof.

use hookporter::{Endpoint, Header, Reason, Scheme, Secret};
use hookporter_testkit::{RequestMaker, SignedRequest};

use super::{CANARY, Case, Expect, Group, at_now, case, case_with};
use crate::attacks::{NOW, TARGET};

const MALFORMED: Expect = Expect::Refused(401, Reason::MalformedHeader);
const REPEATED: Expect = Expect::Refused(401, Reason::RepeatedHeader);
const MISSING: Expect = Expect::Refused(401, Reason::MissingHeader);
const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);

pub fn groups() -> Vec<Group> {
    vec![
        Group { endpoint: at_now(Endpoint::github(Secret::new(CANARY)).unwrap()), cases: github() },
        Group { endpoint: at_now(Endpoint::stripe(Secret::new(CANARY)).unwrap()), cases: stripe() },
        Group {
            endpoint: at_now(Endpoint::custom("acme", base64_scheme(), Secret::new(CANARY)).unwrap()),
            cases: base64(),
        },
        Group { endpoint: at_now(Endpoint::standard_webhooks(Secret::new(STANDARD)).unwrap()), cases: standard() },
    ]
}

const STANDARD: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
const GITHUB_HEADER: &str = "x-hub-signature-256";

fn at(maker: RequestMaker, body: &str) -> SignedRequest {
    maker.at(hookporter::UnixTime::from_secs(NOW)).target(TARGET).body(body.to_owned()).build()
}

/// A valid GitHub request with a body of its own, so that no case is another's duplicate.
fn push(body: &str) -> SignedRequest {
    at(hookporter_testkit::github(CANARY).event("push"), &format!(r#"{{"case":"{body}"}}"#))
}

/// The value of the only proof header of `request`, changed by `change`.
fn with_proof(request: &SignedRequest, name: &str, change: impl Fn(&str) -> String) -> SignedRequest {
    let value = change(request.header(name).unwrap());
    request.clone().with_header(name, &value)
}

fn github() -> Vec<Case> {
    let valid = push("shape");
    let hex = valid.header(GITHUB_HEADER).unwrap().strip_prefix("sha256=").unwrap().to_owned();
    let proof = |value: &str| valid.clone().with_header(GITHUB_HEADER, value);
    let junk = format!("sha256={}", "0".repeat(64));
    let mut cases = vec![
        case("A1", "no signature", &valid.clone().without_signature(), MISSING),
        case("A2", "empty", &proof(""), MALFORMED),
        case_with("A3", "blanks and tabs", &valid, (GITHUB_HEADER, b" \t  \t"), MALFORMED),
        case("A4", "valid, then junk", &valid.clone().with_added_header(GITHUB_HEADER, &junk), REPEATED),
        case(
            "A5",
            "junk, then valid",
            &proof(&junk).with_added_header(GITHUB_HEADER, &format!("sha256={hex}")),
            REPEATED,
        ),
        case("A6", "valid twice", &valid.clone().repeated_signature(), REPEATED),
        case("A7", "two in one header", &proof(&format!("sha256={hex}, {junk}")), MALFORMED),
        case("A8", "no prefix", &proof(&hex), MALFORMED),
        case("A9", "sha1 prefix", &proof(&format!("sha1={hex}")), MALFORMED),
        case("A9", "sha512 prefix", &proof(&format!("sha512={hex}")), MALFORMED),
        case("A10", "prefix and nothing", &proof("sha256="), MALFORMED),
        case("A13", "one byte more", &proof(&format!("sha256={hex}00")), WRONG),
        case("A13", "twice in a row", &proof(&format!("sha256={hex}{hex}")), WRONG),
        case_with("A18", "bytes FF FE", &valid, (GITHUB_HEADER, b"sha256=\xff\xfe"), MALFORMED),
        case_with("A18", "only FF FE", &valid, (GITHUB_HEADER, b"\xff\xfe"), MALFORMED),
        case_with("A19", "a character across the prefix", &valid, (GITHUB_HEADER, "sha256é=00".as_bytes()), MALFORMED),
        case_with("A19", "a character inside the prefix", &valid, (GITHUB_HEADER, "sha25６=00".as_bytes()), MALFORMED),
        case("A20", "64 KiB of signature", &proof(&format!("sha256={}", "a".repeat(60_000))), MALFORMED),
        case(
            "A29",
            "only the SHA-1 header",
            &valid.clone().without_signature().with_header("x-hub-signature", "sha1=00"),
            MISSING,
        ),
        case("A30", "SHA-1 right, SHA-256 wrong", &proof(&junk).with_header("x-hub-signature", "sha1=00"), WRONG),
    ];
    for bytes in [1, 8, 16, 31] {
        let short = format!("sha256={}", &hex[..bytes * 2]);
        cases.push(case("A12", format!("cut to {bytes} bytes"), &proof(&short), WRONG));
    }
    for (number, mixed) in [hex.to_uppercase(), mixed_case(&hex)].into_iter().enumerate() {
        let valid = push(&format!("case {number}"));
        let proof = with_proof(&valid, GITHUB_HEADER, |value| {
            let hex = value.strip_prefix("sha256=").unwrap();
            format!("sha256={}", if number == 0 { hex.to_uppercase() } else { mixed_case(hex) })
        });
        cases.push(case("A14", format!("hex like {:.8}", mixed), &proof, Expect::Ack));
    }
    cases
}

fn mixed_case(hex: &str) -> String {
    hex.chars()
        .enumerate()
        .map(|(index, digit)| if index % 2 == 0 { digit.to_ascii_uppercase() } else { digit })
        .collect()
}

fn stripe() -> Vec<Case> {
    const HEADER: &str = "stripe-signature";
    let event = |id: &str| at(hookporter_testkit::stripe(CANARY), &format!(r#"{{"id":"{id}","type":"a.b"}}"#));
    let valid = event("evt_shape");
    let value = valid.header(HEADER).unwrap().to_owned();
    let (time, signature) = value.split_once(",v1=").unwrap();
    let proof = |value: &str| valid.clone().with_header(HEADER, value);
    let junk = "0".repeat(64);
    let many: String = (0..999).map(|_| format!("v1={junk},")).collect();
    let third = event("evt_third");
    let third_proof = with_proof(&third, HEADER, |value| {
        let (time, signature) = value.split_once(",v1=").unwrap();
        format!("{time},v1={junk},v1={junk},v1={signature}")
    });
    let unknown = event("evt_unknown");
    let unknown_proof = with_proof(&unknown, HEADER, |value| value.replace(",v1=", ",v9=abc,v0=,v1="));
    vec![
        case("A11", "v1= empty", &proof(&format!("{time},v1=")), MALFORMED),
        case("A21", "1,000 candidates, the last one valid", &proof(&format!("{time},{many}v1={signature}")), MALFORMED),
        case(
            "A21",
            "17 candidates, the last one valid",
            &proof(&format!("{time},{}v1={signature}", format!("v1={junk},").repeat(16))),
            MALFORMED,
        ),
        case("A22", "only v0", &proof(&format!("{time},v0={signature}")), MALFORMED),
        case("A23", "no t", &proof(&format!("v1={signature}")), MALFORMED),
        case("A24", "two t", &proof(&format!("{time},{time},v1={signature}")), MALFORMED),
        case("A25", "the last of three", &third_proof, Expect::Ack),
        case("A26", "unknown versions first", &unknown_proof, Expect::Ack),
        case("A27", "semicolons", &proof(&value.replace(',', ";")), MALFORMED),
        case("A27", "blanks", &proof(&value.replace(',', " ")), MALFORMED),
    ]
}

fn base64_scheme() -> Scheme {
    Scheme::hmac_sha256().signature(Header::new("x-acme-signature").base64())
}

fn base64() -> Vec<Case> {
    const HEADER: &str = "x-acme-signature";
    // A body whose tag has both letters of the standard alphabet that base64url lacks.
    let valid = (0..)
        .map(|number| at(hookporter_testkit::custom(base64_scheme(), CANARY), &number.to_string()))
        .find(|request| {
            request.header(HEADER).unwrap().contains(['+']) && request.header(HEADER).unwrap().contains('/')
        })
        .unwrap();
    let value = valid.header(HEADER).unwrap().to_owned();
    let proof = |value: &str| valid.clone().with_header(HEADER, value);
    // The last digit before the padding carries two unused bits; setting one spells the same bytes otherwise.
    let last = value.as_bytes()[42];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let index = alphabet.iter().position(|digit| *digit == last).unwrap();
    let stray = format!("{}{}=", &value[..42], alphabet[index | 1] as char);
    assert_ne!(stray, value);
    vec![
        case("A15", "URL-safe letters", &proof(&value.replace('+', "-").replace('/', "_")), MALFORMED),
        case("A16", "no padding", &proof(value.trim_end_matches('=')), MALFORMED),
        case("A16", "more padding", &proof(&format!("{value}=")), MALFORMED),
        case("A16", "padding inside", &proof(&value.replacen(&value[4..5], "=", 1)), MALFORMED),
        case("A16", "a blank inside", &proof(&format!("{} {}", &value[..8], &value[8..])), MALFORMED),
        case("A17", "stray bits", &proof(&stray), MALFORMED),
        case("A16", "the value itself holds", &valid, Expect::Ack),
    ]
}

fn standard() -> Vec<Case> {
    let message = |id: &str| at(hookporter_testkit::standard_webhooks(STANDARD).event_id(id), r#"{"type":"a"}"#);
    let valid = message("msg_mixed");
    let signature = valid.header("webhook-signature").unwrap().to_owned();
    let conflicting = Expect::Refused(401, Reason::ConflictingHeaders);
    let both = message("msg_both");
    let doubled = ["id", "timestamp", "signature"].into_iter().fold(both.clone(), |request, part| {
        let value = both.header(&format!("webhook-{part}")).unwrap().to_owned();
        request.with_header(&format!("svix-{part}"), &value)
    });
    vec![
        case("A11", "v1, empty", &valid.clone().with_header("webhook-signature", "v1,"), MALFORMED),
        case(
            "A26",
            "an unknown version first",
            &message("msg_unknown").with_header(
                "webhook-signature",
                &format!("v2,AAAA {}", message("msg_unknown").header("webhook-signature").unwrap()),
            ),
            Expect::Ack,
        ),
        case(
            "A28",
            "both sets, different",
            &valid
                .clone()
                .with_header("svix-id", "msg_other")
                .with_header("svix-timestamp", &NOW.to_string())
                .with_header("svix-signature", &signature),
            conflicting,
        ),
        case(
            "A28",
            "mixed",
            &valid.clone().without_header("webhook-id").with_header("svix-id", "msg_mixed"),
            conflicting,
        ),
        case("A28", "both sets, the same", &doubled, Expect::Ack),
    ]
}
