//! Section F, envelopes: what is a token, and where it stands.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookporter::jwt::TokenScheme;
use hookporter::{Reason, Scheme, UnixTime};

use super::f_tokens::{EMPTY_KEY, HS256, base64url, seal, shipmondo, token, with_body, with_token};
use super::{CANARY, Case, Expect, NOW, TARGET, case};

const ALGORITHM: Expect = Expect::Refused(401, Reason::UnsupportedAlgorithm);
const MALFORMED: Expect = Expect::Refused(401, Reason::MalformedToken);
const BODY: Expect = Expect::Refused(401, Reason::MalformedBody);
const HEADER: Expect = Expect::Refused(401, Reason::MalformedHeader);
const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);

/// Deliveries of Shipmondo's, whose token is in the body.
pub(super) fn in_body() -> Vec<Case> {
    [segments(), wrapped(), bodies(), taken()].into_iter().flatten().collect()
}

/// F21 and F28: what is no compact token, and what is one of somebody else's.
fn segments() -> Vec<Case> {
    let (head, payload) = (base64url(HS256), base64url("{}"));
    let signed = format!("{head}.{payload}");
    let whole = seal(&signed, CANARY.as_bytes());
    let signature = whole.rsplit_once('.').unwrap().1.to_owned();
    let mut cases = vec![
        case("F28", "signed with the empty key", &with_token(&seal(&signed, EMPTY_KEY)), WRONG),
        case("F28", "signed with the key's hash", &with_token(&seal(&signed, b"canary")), WRONG),
    ];
    for text in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        head.clone(),
        signed.clone(),
        format!("{signed}."),
        format!("{head}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("..{signature}"),
        format!("{whole}."),
        format!(".{whole}"),
        format!("{whole}.{signature}"),
        format!("{whole}.."),
        format!("{whole}.{payload}.{signature}"),
        ".".repeat(100_000),
        format!("{head}{}", ".".repeat(100_000)),
        format!("{}.{payload}.{signature}", "A".repeat(100_000)),
        format!("{signed}.{}", "A".repeat(100_000)),
    ] {
        cases.push(case("F21", format!("segments {text:.40}"), &with_token(&text), MALFORMED));
    }
    cases
}

/// F22: a token with something on it.
fn wrapped() -> Vec<Case> {
    let (head, payload) = (base64url(HS256), base64url("{}"));
    let whole = token(HS256, "{}");
    let resealed = |signed: String| seal(&signed, CANARY.as_bytes());
    let mut texts: Vec<_> = ["\n", "\r\n", " ", "\t", "\0", "\u{feff}", "=", "==", "\"", "'"]
        .into_iter()
        .flat_map(|extra| [format!("{whole}{extra}"), format!("{extra}{whole}")])
        .collect();
    texts.extend([
        format!("Bearer {whole}"),
        format!("\"{whole}\""),
        whole.replacen('.', "\u{ff0e}", 1),
        // Signed as they are written, so that it is the writing alone.
        resealed(format!("{head}=.{payload}")),
        resealed(format!("{head}.{payload}=")),
        resealed(format!("{head}. {payload}")),
        resealed(format!("{head}.\n{payload}")),
        resealed(format!("{head}.{payload}\n")),
        // The last digit of `{}` has four bits to spare; `e31` spells the same two bytes.
        resealed(format!("{head}.e31")),
        resealed(format!("{}.{payload}", STANDARD.encode(r#"{"alg":"HS256","kid":"~~~???"}"#))),
    ]);
    texts.iter().map(|text| case("F22", format!("wrapped {text:?}"), &with_token(text), MALFORMED)).collect()
}

/// F23 and F24: what stands around the token.
fn bodies() -> Vec<Case> {
    let whole = token(HS256, "{}");
    let (signed, signature) = whole.rsplit_once('.').unwrap();
    let (head, payload) = signed.split_once('.').unwrap();
    let json = serde_json::json!({ "payload": payload, "protected": head, "signature": signature });
    let general =
        serde_json::json!({ "payload": payload, "signatures": [{ "protected": head, "signature": signature }] });
    let deep = format!(r#"{{"data":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let mut cases = vec![
        case("F23", "flattened, as text", &with_token(&json.to_string()), MALFORMED),
        case("F23", "general, as text", &with_token(&general.to_string()), MALFORMED),
    ];
    for (id, body) in [
        ("F23", json.to_string()),
        ("F23", serde_json::json!({ "data": json }).to_string()),
        ("F23", serde_json::json!({ "data": general }).to_string()),
        ("F24", format!(r#"{{"data":"{whole}","data":"{whole}"}}"#)),
        ("F24", format!(r#"{{"data":"{whole}","data":"x"}}"#)),
        ("F24", format!(r#"{{"data":"x","data":"{whole}"}}"#)),
        ("F24", format!(r#"{{"data":"{whole}","d\u0061ta":"{whole}"}}"#)),
        ("F24", format!(r#"{{"x":1,"data":"{whole}","x":2}}"#)),
        ("F24", format!(r#"{{"data":["{whole}"]}}"#)),
        ("F24", r#"{"data":17}"#.to_owned()),
        ("F24", r#"{"data":null}"#.to_owned()),
        ("F24", r#"{"data":true}"#.to_owned()),
        ("F24", format!(r#"{{"Data":"{whole}"}}"#)),
        ("F24", format!(r#"[{{"data":"{whole}"}}]"#)),
        ("F24", format!(r#""{whole}""#)),
        ("F24", format!(r#"{{"data":"{whole}"}}x"#)),
        ("F24", format!(r#"{{"data":"{whole}""#)),
        ("F24", format!("data={whole}")),
        ("F24", whole.clone()),
        ("F24", deep),
    ] {
        cases.push(case(id, format!("body {body:.60}"), &with_body(body), BODY));
    }
    cases
}

/// F12, F14 and what else a token of Shipmondo's may look like.
fn taken() -> Vec<Case> {
    let sent = |header: &str, payload: &str| with_token(&token(header, payload));
    vec![
        case("F12", "no typ", &sent(HS256, r#"{"case":"F12"}"#), Expect::Ack),
        case("F12", "a typ", &sent(r#"{"typ":"JWT","alg":"HS256"}"#, r#"{"case":"F12"}"#), Expect::Ack),
        case("F14", "no exp", &sent(HS256, r#"{"case":"F14","iat":1700000000}"#), Expect::Ack),
        case("F14", "as the test kit makes it", &shipmondo().build(), Expect::Ack),
    ]
}

/// The same in a header, where a token is judged before the body is read.
pub(super) fn in_header() -> Vec<Case> {
    const AUTHORIZATION: &str = "authorization";
    let bare = hookporter_testkit::custom(Scheme::token(TokenScheme::hs256()), CANARY)
        .at(UnixTime::from_secs(NOW))
        .target(TARGET)
        .build();
    let sent = |value: &str| bare.clone().with_header(AUTHORIZATION, value);
    let whole = token(HS256, "{}");
    let none = format!("Bearer {}.{}.", base64url(r#"{"alg":"none"}"#), base64url("{}"));
    let forged = seal(&format!("{}.{}", base64url(HS256), base64url("{}")), EMPTY_KEY);
    let crit = token(r#"{"alg":"HS256","crit":["x"],"x":1}"#, "{}");
    vec![
        case("F1", "header: no signature", &sent(&none), ALGORITHM),
        case("F8", "header: crit", &sent(&format!("Bearer {crit}")), MALFORMED),
        case("F21", "header: nothing behind the prefix", &sent("Bearer"), HEADER),
        case("F21", "header: two segments", &sent(&format!("Bearer {}", whole.rsplit_once('.').unwrap().0)), MALFORMED),
        case("F21", "header: 7,000 dots", &sent(&format!("Bearer {}", ".".repeat(7_000))), MALFORMED),
        case("F21", "header: 60,000 dots", &sent(&format!("Bearer {}", ".".repeat(60_000))), HEADER),
        case("F22", "header: no prefix", &sent(&whole), HEADER),
        case("F22", "header: the prefix twice", &sent(&format!("Bearer Bearer {whole}")), MALFORMED),
        case("F22", "header: two blanks", &sent(&format!("Bearer  {whole}")), MALFORMED),
        case("F22", "header: quotes", &sent(&format!("Bearer \"{whole}\"")), MALFORMED),
        case("F22", "header: two tokens", &sent(&format!("Bearer {whole}, Bearer {whole}")), MALFORMED),
        case("F28", "header: the empty key", &sent(&format!("Bearer {forged}")), WRONG),
        case("F14", "header: as it should be", &sent(&format!("Bearer {whole}")), Expect::Ack),
    ]
}
