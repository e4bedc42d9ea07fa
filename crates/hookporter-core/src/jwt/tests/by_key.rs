//! Keys that decide the algorithm of a token.

use super::*;
use crate::KeyRule;

#[test]
fn each_key_decides_its_algorithm_and_no_token_does() {
    macro_rules! key_file {
        ($name:literal) => {
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/keys/", $name))
        };
    }
    let (rsa, ec) = (key_file!("rsa.public.pem"), key_file!("p256.public.pem"));
    let scheme = || TokenScheme::algorithm_by_key().in_header(crate::Header::new("x-jws"));
    let judge = |keys: &[&str], token: &str| {
        let rule = KeyRule::public_key("a key");
        let verifier = Verifier::new(Scheme::token(scheme()).key_rule(rule)).unwrap();
        let named = |(at, key): (usize, &&str)| Secret::new(key).named(&format!("key {at}"));
        let keys = verifier.prepare(&keys.iter().enumerate().map(named).collect::<Vec<_>>().into()).unwrap();
        let headers = vec![("x-jws", token)];
        let judged = verifier.begin(&Head::new("POST", "/", &headers), &keys, NOW)?.finish();
        judged.map(|delivery| delivery.key_id().to_string()).map_err(crate::Refused::into_rejection)
    };
    let sign = |key: &str| scheme().sign(key.as_bytes(), b"{}", None, NOW).unwrap();
    let (by_rsa, by_ec) = (sign(key_file!("rsa.private.pem")), sign(key_file!("p256.private.pem")));
    let by_secret = sign(KEY);
    let all = [rsa, KEY, ec];
    for (token, fits) in [(&by_rsa, "key 0"), (&by_secret, "key 1"), (&by_ec, "key 2")] {
        assert_eq!(judge(&all, token).unwrap(), fits);
    }
    let reason = |keys: &[&str], token: &str| judge(keys, token).unwrap_err().kind();
    assert_eq!(reason(&[ec], &by_rsa), Reason::UnsupportedAlgorithm);
    assert_eq!(reason(&[rsa, ec], &by_secret), Reason::UnsupportedAlgorithm);
    // A token keyed with the public key's own text, as an attacker would.
    for public in [rsa, ec] {
        let forged = seal(&format!("{}.{}", base64url(HS256), base64url("{}")), public);
        assert_eq!(reason(&[public], &forged), Reason::UnsupportedAlgorithm);
        assert_eq!(reason(&all, &forged), Reason::InvalidSignature);
    }
    let none = format!("{}.{}.{}", base64url(r#"{"alg":"none"}"#), base64url("{}"), base64url("x"));
    assert_eq!(reason(&all, &none), Reason::UnsupportedAlgorithm);
    // Neither does one without the lines around it: it is the same public key, and everybody's.
    for public in [rsa, ec] {
        let bare: String = public.lines().filter(|line| !line.starts_with('-')).collect();
        let hex = const_hex::encode(base64::engine::general_purpose::STANDARD.decode(&bare).unwrap());
        let url_safe = bare.replace('+', "-").replace('/', "_").replace('=', "");
        for written in [bare, hex, url_safe] {
            let forged = seal(&format!("{}.{}", base64url(HS256), base64url("{}")), &written);
            assert_eq!(reason(&[&written], &forged), Reason::UnsupportedAlgorithm, "{written}");
            let genuine = if public == rsa { &by_rsa } else { &by_ec };
            assert_eq!(judge(&[&written], genuine).unwrap(), "key 0");
        }
    }
    // What is written like a public key and is none does not become a secret.
    let verifier = Verifier::new(Scheme::token(scheme()).key_rule(KeyRule::public_key("a key"))).unwrap();
    for odd in [
        r#"{"kty":"oct","k":"c2VjcmV0IHNlY3JldCBzZWNyZXQ"}"#,
        key_file!("p384.public.pem"),
        "{\"a secret\": \"or what\"} 0123456789",
    ] {
        assert!(verifier.prepare(&Secret::new(odd).into()).is_err(), "{odd}");
    }
}
