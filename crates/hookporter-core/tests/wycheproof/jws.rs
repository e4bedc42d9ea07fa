use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hookporter_core::jwt::TokenScheme;
use hookporter_core::{Header, KeyDecoding, KeyRule, PreparedKeyring, Scheme, Secret, Verifier};
use serde_json::Value;
use wycheproof_ng_kdf_jose::json_web::{TestGroup, TestName, TestSet};

use super::judge_header;

/// What is said of a token whose signature holds and whose payload is bytes, as most payloads here are. It is said only
/// after the signature was checked, so a valid case that ends here was a valid signature to us, too.
const BYTES: &str = "malformed-token: the token's payload is no JSON";
const EMPTY: &str = "malformed-token: a segment of the token is empty";
const HEADER: &str = "malformed-token: the token's header is not canonical base64url";
const PAYLOAD: &str = "malformed-token: the token's payload is not canonical base64url";
const OTHER_ALGORITHM: &str = "unsupported-algorithm";
const KEY_REFUSED: &str = "the key does not build";

fn text<'a>(key: &'a Value, name: &str) -> &'a str {
    key.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The endpoint that a group's key is for. A key that says it is for an algorithm that we do not have is tried at an
/// endpoint for one that we have.
fn endpoint(group: &TestGroup) -> Result<(Verifier, PreparedKeyring), &'static str> {
    let mut key = group.public_key.clone().or_else(|| group.private_key.clone()).unwrap();
    let scheme = match text(&key, "kty") {
        "oct" => TokenScheme::hs256(),
        "EC" => TokenScheme::es256(),
        "RSA" => TokenScheme::rs256(),
        other => panic!("a key of kind {other}"),
    };
    let mut scheme = Scheme::token(scheme.in_header(Header::new("x-token")));
    let secret = if text(&key, "kty") == "oct" {
        scheme = scheme.key_rule(KeyRule::decoded(KeyDecoding::Hex, 16, "a key in hexadecimal"));
        const_hex::encode(URL_SAFE_NO_PAD.decode(text(&key, "k")).unwrap())
    } else {
        if text(&key, "kty") == "RSA" && text(&key, "alg") != "RS256" {
            key.as_object_mut().unwrap().remove("alg");
        }
        key.to_string()
    };
    let verifier = Verifier::new(scheme).unwrap();
    let keys = verifier.prepare(&Secret::new(secret).into()).map_err(|_| KEY_REFUSED)?;
    Ok((verifier, keys))
}

#[test]
fn compact_signatures() {
    let (mut valid, mut invalid) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
    for group in TestSet::load(TestName::JsonWebSignature).unwrap().test_groups {
        let endpoint = endpoint(&group);
        for case in &group.tests {
            let token = match case.jws.as_ref().unwrap() {
                Value::String(token) => token.clone(),
                other => other.to_string(),
            };
            let outcome = match &endpoint {
                Err(problem) => (*problem).to_owned(),
                Ok((verifier, keys)) => match judge_header(verifier, keys, "x-token", &token, b"") {
                    Ok(()) => "accepted".to_owned(),
                    Err(rejection) => rejection.to_string(),
                },
            };
            if case.result.must_fail() && (outcome == "accepted" || outcome == BYTES) {
                println!("ZZ {} {} {}", case.tc_id, case.comment, token);
            }
            let counts = if case.result.must_fail() { &mut invalid } else { &mut valid };
            *counts.entry(outcome).or_default() += 1;
        }
    }
    println!("{valid:#?} {invalid:#?}");
    for never in ["accepted", BYTES] {
        assert_eq!(invalid.get(never), None, "an invalid signature held");
    }
    let _ = (EMPTY, HEADER, PAYLOAD, OTHER_ALGORITHM);
    panic!();
}
