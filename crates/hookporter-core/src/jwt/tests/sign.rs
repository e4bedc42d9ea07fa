use super::*;
use crate::{Encoding, Header, Signable};

fn round(scheme: &TokenScheme, signing_key: &str, key: &str, body: &str) -> Delivery {
    let verifier = Verifier::new(Scheme::token(scheme.clone())).unwrap();
    let headers: Vec<(String, String)> = Vec::new();
    let request = Signable::new(Head::new("POST", "/", &headers), Bytes::copy_from_slice(body.as_bytes()), NOW, "");
    let signed =
        scheme.sign_request(signing_key.as_bytes(), None, &crate::key_parts::KeyParts::default(), &request).unwrap();
    let keys = verifier.prepare(&Secret::new(key).into()).unwrap();
    let mut check = verifier.begin(&Head::new("POST", "/", &signed.headers), &keys, NOW).unwrap();
    check.push(signed.body).unwrap();
    check.finish().unwrap()
}

fn every_demand() -> ClaimsPolicy {
    let policy = ClaimsPolicy::new().issuer("i").audience("a").subject("s").leeway(0);
    policy.require_expiry().require_not_before().require_issued_at().require_id()
}

#[test]
fn what_is_signed_is_accepted() {
    let delivery = round(&TokenScheme::hs256().in_body("data"), KEY, KEY, r#"{ "n": 1 }"#);
    assert_eq!(delivery.payload(), r#"{ "n": 1 }"#);
    let all = TokenScheme::hs256().claims(every_demand());
    round(&all.clone().in_body("data"), KEY, KEY, "{}");
    let delivery = round(&all.clone().in_body("data"), KEY, KEY, r#"{"n":1}"#);
    assert!(delivery.payload().ends_with(br#","n":1}"#));
    for encoding in [Encoding::Hex, Encoding::Base64, Encoding::Base64Url] {
        let scheme = all.clone().in_header(Header::new("x-token").prefix("t=")).body_hash("h", encoding);
        assert_eq!(round(&scheme, KEY, KEY, "any body").body(), "any body");
    }
}

#[test]
fn a_header_says_the_algorithm_and_nothing_else() {
    let token = TokenScheme::hs256().sign(KEY.as_bytes(), b"[]", None, NOW).unwrap();
    assert_eq!(token, super::token(HS256, "[]"));
}

#[test]
fn a_payload_that_cannot_hold_a_claim_is_no_payload() {
    for payload in ["[]", "no JSON", "\"text\"", r#"{"a":1,"a":1}"#] {
        let scheme = TokenScheme::hs256().claims(every_demand());
        assert!(scheme.sign(KEY.as_bytes(), payload.as_bytes(), None, NOW).is_err(), "{payload}");
    }
}

#[cfg(feature = "ecdsa")]
#[test]
fn es256_is_signed_and_accepted() {
    let private = include_str!("../../../tests/data/keys/p256.private.pem");
    let public = include_str!("../../../tests/data/keys/p256.public.pem");
    round(&TokenScheme::es256().in_body("data"), private, public, "{}");
    assert!(TokenScheme::es256().sign(public.as_bytes(), b"{}", None, NOW).is_err());
}

#[cfg(feature = "rsa")]
#[test]
fn rs256_is_signed_and_accepted() {
    let private = include_str!("../../../tests/data/keys/rsa.private.pem");
    let public = include_str!("../../../tests/data/keys/rsa.public.pem");
    round(&TokenScheme::rs256(), private, public, "any body");
}
