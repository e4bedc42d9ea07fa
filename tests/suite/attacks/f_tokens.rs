//! Section F: tokens. The endpoint says what a token is and which algorithm signs it; the token says nothing of either.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hookporter::jwt::TokenScheme;
use hookporter::{Endpoint, Header, KeyDecoding, KeyRule, Reason, Scheme, Secret, UnixTime};
use hookporter_testkit::{RequestMaker, SignedRequest};

use super::{CANARY, Case, Expect, Group, NOW, TARGET, at_now, case, f_claims, f_envelopes};

const ALGORITHM: Expect = Expect::Refused(401, Reason::UnsupportedAlgorithm);
const MALFORMED: Expect = Expect::Refused(401, Reason::MalformedToken);
const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);

pub(super) const HS256: &str = r#"{"alg":"HS256"}"#;
const P256: &str = include_str!("../../../crates/hookporter-core/tests/data/keys/p256.public.pem");
const P256_PRIVATE: &str = include_str!("../../../crates/hookporter-core/tests/data/keys/p256.private.pem");

/// HMAC fills a key up with zeroes, so one of them signs as the empty key does.
pub(super) const EMPTY_KEY: &[u8] = &[0];

pub(super) fn groups() -> Vec<Group> {
    let shipmondo = || at_now(Endpoint::shipmondo(Secret::new(CANARY)).unwrap());
    let custom =
        |scheme, key: &str| at_now(Endpoint::custom("tokens", Scheme::token(scheme), Secret::new(key)).unwrap());
    let of_shipmondo = [algorithms(), headers(), f_envelopes::in_body()].into_iter().flatten().collect();
    let mut groups = vec![
        Group { endpoint: shipmondo(), cases: of_shipmondo },
        Group { endpoint: custom(TokenScheme::es256().in_body("data"), P256), cases: public_keys() },
        Group { endpoint: custom(TokenScheme::hs256(), CANARY), cases: f_envelopes::in_header() },
    ];
    groups.extend(f_claims::groups());
    groups
}

pub(super) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `signed`, followed by its HMAC-SHA256 under `key`, which may be any bytes but none.
pub(super) fn seal(signed: &str, key: &[u8]) -> String {
    let rule = KeyRule::decoded(KeyDecoding::Hex, 0, "hexadecimal");
    let scheme = Scheme::hmac_sha256().signature(Header::new("x-tag").base64url()).key_rule(rule);
    let request = hookporter_testkit::custom(scheme, const_hex::encode(key)).body(signed.to_owned()).build();
    format!("{signed}.{}", request.header("x-tag").unwrap())
}

/// A token with this header and payload, signed as it should be.
pub(super) fn token(header: &str, payload: &str) -> String {
    seal(&format!("{}.{}", base64url(header), base64url(payload)), CANARY.as_bytes())
}

pub(super) fn shipmondo() -> RequestMaker {
    hookporter_testkit::shipmondo(CANARY).at(UnixTime::from_secs(NOW)).target(TARGET)
}

/// A delivery of Shipmondo's with this body.
pub(super) fn with_body(body: String) -> SignedRequest {
    shipmondo().build().with_body(body)
}

/// A delivery with this token.
pub(super) fn with_token(token: &str) -> SignedRequest {
    with_body(serde_json::json!({ "data": token }).to_string())
}

fn with_header(id: &'static str, header: &str, expect: Expect) -> Case {
    case(id, format!("header {header}"), &with_token(&token(header, "{}")), expect)
}

/// F1 to F7: whatever the token calls itself.
fn algorithms() -> Vec<Case> {
    let unsigned = |header: &str| format!("{}.{}.", base64url(header), base64url("{}"));
    let sha512 = Scheme::hmac_sha512().signature(Header::new("x-tag").base64url());
    let signed = format!("{}.{}", base64url(r#"{"alg":"HS512"}"#), base64url("{}"));
    let request = hookporter_testkit::custom(sha512, CANARY).body(signed.clone()).build();
    let hs512 = format!("{signed}.{}", request.header("x-tag").unwrap());
    // No scheme of ours signs with SHA-384: made with Python's hmac, with the same key.
    let hs384 = "eyJhbGciOiJIUzM4NCJ9.e30.SskwiSyUd7Esj_cK-93oiC9QWCQgDoivSp4NMU1GRgUPV3wWoansgj6htVdK-YDq";
    let mut cases = vec![
        case("F1", "no signature", &with_token(&unsigned(r#"{"alg":"none"}"#)), ALGORITHM),
        case("F1", "no signature, typed", &with_token(&unsigned(r#"{"typ":"JWT","alg":"none"}"#)), ALGORITHM),
        case("F4", "HS384, signed", &with_token(hs384), ALGORITHM),
        case("F4", "HS512, signed", &with_token(&hs512), ALGORITHM),
        with_header("F3", r#"{"alg":"none"}"#, ALGORITHM),
        with_header("F4", r#"{"alg":"HS384"}"#, ALGORITHM),
        with_header("F4", r#"{"alg":"RS256"}"#, ALGORITHM),
        with_header("F4", r#"{"alg":"EdDSA"}"#, ALGORITHM),
    ];
    for alg in [r#""None""#, r#""nOnE""#, r#""NONE""#, r#""""#] {
        let header = format!(r#"{{"alg":{alg}}}"#);
        cases.push(case("F2", format!("{header}, no signature"), &with_token(&unsigned(&header)), ALGORITHM));
        cases.push(with_header("F2", &header, ALGORITHM));
    }
    for header in ["{}", r#"{"typ":"JWT"}"#, r#"{"Alg":"HS256"}"#, r#"{"enc":"HS256"}"#] {
        cases.push(with_header("F2", header, ALGORITHM));
    }
    for (first, second) in [("HS256", "HS256"), ("none", "HS256"), ("HS256", "none")] {
        cases.push(with_header("F6", &format!(r#"{{"alg":"{first}","alg":"{second}"}}"#), MALFORMED));
        cases.push(with_header("F6", &format!(r#"{{"alg":"{first}","\u0061lg":"{second}"}}"#), MALFORMED));
    }
    for alg in [r#"["HS256"]"#, "256", r#""HS256 ""#, r#"" HS256""#, r#""hs256""#, r#""HS256\u0000""#, "null", "true"] {
        cases.push(with_header("F7", &format!(r#"{{"alg":{alg}}}"#), ALGORITHM));
    }
    cases
}

/// F8 to F11 and C15: members that would change how a token is read, or whose key reads it.
fn headers() -> Vec<Case> {
    let mine = base64url("a key of the attacker's own making");
    let mut cases = Vec::new();
    for (id, more) in [
        ("F8", r#""crit":["unknown"],"unknown":1"#),
        ("F8", r#""crit":["exp"],"exp":1700000000"#),
        ("F9", r#""crit":["b64"],"b64":false"#),
        ("F9", r#""b64":false"#),
        ("F10", r#""crit":[]"#),
        ("F10", r#""crit":"b64""#),
        ("F10", r#""crit":null"#),
        ("F10", r#""crit":{"b64":1}"#),
        ("F10", r#""crit":["alg"]"#),
        ("F11", r#""zip":"DEF""#),
        ("F11", r#""zip":"none""#),
        ("F11", r#""cty":"JWT""#),
        ("F11", r#""cty":"application/jwt""#),
        // As gathered, these are ignored. A sender whose key we hold has no reason to send one, so a token that does is
        // refused even if the configured key fits: what nobody reads nobody can misread.
        ("C15", r#""jku":"https://evil.test/keys""#),
        ("C15", r#""x5u":"https://evil.test/cert""#),
        ("C15", r#""x5c":["MIIB"]"#),
    ] {
        cases.push(with_header(id, &format!(r#"{{"alg":"HS256",{more}}}"#), MALFORMED));
    }
    let own_key = format!(r#"{{"alg":"HS256","jwk":{{"kty":"oct","k":"{mine}"}}}}"#);
    let signed = format!("{}.{}", base64url(&own_key), base64url("{}"));
    let forged = seal(&signed, b"a key of the attacker's own making");
    cases.push(case("C15", "a key in the header, signed with it", &with_token(&forged), MALFORMED));
    cases.push(with_header("C15", &own_key, MALFORMED));
    for kid in ["../../dev/null", "/dev/null", "' OR 1=1 --", "https://evil.test/key", ""] {
        let header = format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
        let signed = format!("{}.{}", base64url(&header), base64url("{}"));
        let forged = seal(&signed, EMPTY_KEY);
        cases.push(case("C15", format!("kid {kid:?}, the empty key"), &with_token(&forged), WRONG));
        cases.push(with_header("C15", &header, Expect::Ack));
    }
    cases
}

/// F5: a public key is no shared secret, in whatever spelling.
fn public_keys() -> Vec<Case> {
    let base64: String = P256.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(&base64).unwrap();
    let point = der[der.len() - 65..].to_vec();
    let (x, y) = (base64url(&point[1..33]), base64url(&point[33..]));
    let jwk = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#);
    let keys: [(&str, &[u8]); 7] = [
        ("PEM", P256.as_bytes()),
        ("PEM without its last line end", P256.trim_end().as_bytes()),
        ("base64", base64.as_bytes()),
        ("DER", &der),
        ("point", &point),
        ("JWK", jwk.as_bytes()),
        ("nothing", EMPTY_KEY),
    ];
    let mut cases = Vec::new();
    for (what, key) in keys {
        for (alg, expect) in [("HS256", ALGORITHM), ("none", ALGORITHM), ("ES256", WRONG)] {
            let signed = format!("{}.{}", base64url(format!(r#"{{"alg":"{alg}"}}"#)), base64url("{}"));
            cases.push(case("F5", format!("{alg}, keyed with {what}"), &with_token(&seal(&signed, key)), expect));
        }
    }
    let scheme = Scheme::token(TokenScheme::es256().in_body("data"));
    let valid = hookporter_testkit::custom(scheme, P256_PRIVATE).at(UnixTime::from_secs(NOW)).target(TARGET).build();
    let signed = format!("{}.{}", base64url(r#"{"alg":"ES256"}"#), base64url("{}"));
    let zeroes = format!("{signed}.{}", base64url([0; 64]));
    cases.push(case("F5", "ES256 with r and s of zero", &with_token(&zeroes), WRONG));
    cases.push(case("F5", "ES256 as it should be", &valid, Expect::Ack));
    cases
}
