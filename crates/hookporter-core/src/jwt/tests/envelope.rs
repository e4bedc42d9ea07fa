use super::*;

fn judge(token: &str) -> Result<Delivery, Rejection> {
    in_body(TokenScheme::hs256(), token)
}

#[track_caller]
fn malformed(token: &str, detail: &str) {
    refused(judge(token), Reason::MalformedToken, detail);
    let headed = in_header(TokenScheme::hs256(), token, "");
    refused(headed, Reason::MalformedToken, detail);
}

#[test]
fn the_algorithm_is_the_pinned_one_whatever_the_token_says() {
    let none = format!("{}.{}.", base64url(r#"{"alg":"none"}"#), base64url("{}"));
    refused(judge(&none), Reason::UnsupportedAlgorithm, "");
    for alg in [
        r#""none""#,
        r#""None""#,
        r#""nOnE""#,
        r#""NONE""#,
        r#""""#,
        r#""hs256""#,
        r#""HS256 ""#,
        r#"" HS256""#,
        r#""HS384""#,
        r#""HS512""#,
        r#""RS256""#,
        r#""ES256""#,
        r#""PS256""#,
        r#""EdDSA""#,
        r#"["HS256"]"#,
        r#"{"HS256":1}"#,
        "256",
        "null",
        "true",
        r#""HS256\u0000""#,
    ] {
        let result = judge(&token(&format!(r#"{{"alg":{alg}}}"#), "{}"));
        refused(result, Reason::UnsupportedAlgorithm, "");
    }
    refused(judge(&token("{}", "{}")), Reason::UnsupportedAlgorithm, "");
    refused(judge(&token(r#"{"Alg":"HS256"}"#, "{}")), Reason::UnsupportedAlgorithm, "");
    // Escapes spell the same name.
    assert!(judge(&token(r#"{"\u0061lg":"HS\u0032\u0035\u0036"}"#, "{}")).is_ok());
}

#[cfg(feature = "rsa")]
#[test]
fn a_public_key_is_never_an_hmac_key() {
    let pem = include_str!("../../../tests/data/keys/rsa.public.pem");
    let bare = pem.lines().filter(|line| !line.starts_with('-')).collect::<String>();
    for key in [pem, pem.trim_end(), &bare] {
        let forged = seal(&format!("{}.{}", base64url(HS256), base64url("{}")), key);
        let body = serde_json::json!({ "data": forged }).to_string();
        let result = judge_with(TokenScheme::rs256().in_body("data"), Secret::new(pem), &[], &body);
        refused(result, Reason::UnsupportedAlgorithm, "");
        // The same with the header that the endpoint expects: the key is an RSA key and stays one.
        let forged = seal(&format!("{}.{}", base64url(r#"{"alg":"RS256"}"#), base64url("{}")), key);
        let body = serde_json::json!({ "data": forged }).to_string();
        let result = judge_with(TokenScheme::rs256().in_body("data"), Secret::new(pem), &[], &body);
        refused(result, Reason::InvalidSignature, "");
    }
}

#[test]
fn a_header_that_changes_how_the_token_is_read_is_refused() {
    for more in [
        r#""crit":["exp"]"#,
        r#""crit":["unknown"],"unknown":1"#,
        r#""crit":["b64"],"b64":false"#,
        r#""crit":[]"#,
        r#""crit":"exp""#,
        r#""crit":null"#,
        r#""crit":["alg"]"#,
        r#""b64":true"#,
        r#""zip":"DEF""#,
        r#""enc":"A128GCM""#,
        r#""jwk":{"kty":"oct","k":"AA"}"#,
        r#""jku":"https://evil.example/keys""#,
        r#""x5u":"https://evil.example/c""#,
        r#""x5c":["AA"]"#,
    ] {
        malformed(
            &token(&format!(r#"{{"alg":"HS256",{more}}}"#), "{}"),
            "the token's header changes how a token is read",
        );
    }
    for content in ["JWT", "jwt", "application/jwt", "application/JWT"] {
        let header = format!(r#"{{"alg":"HS256","cty":"{content}"}}"#);
        malformed(&token(&header, "{}"), "the token holds another token");
    }
}

#[test]
fn a_header_may_name_its_type_its_content_and_a_key_and_be_spaced_out() {
    for header in [
        HS256,
        r#"{"typ":"JWT","alg":"HS256"}"#,
        r#"{"alg":"HS256","typ":"webhook+jwt","kid":"../../dev/null"}"#,
        r#"{"alg":"HS256","cty":"application/json"}"#,
        r#"{"alg":"HS256","x5t":"AA","made-up":[1,{"a":null}]}"#,
        " { \"alg\" :\n\t\"HS256\" } ",
    ] {
        assert!(judge(&token(header, "{}")).is_ok(), "{header}");
    }
}

#[test]
fn a_header_is_one_json_object_without_repetitions() {
    let twice = "a member of the token's header stands twice";
    malformed(&token(r#"{"alg":"HS256","alg":"HS256"}"#, "{}"), twice);
    malformed(&token(r#"{"alg":"none","alg":"HS256"}"#, "{}"), twice);
    malformed(&token(r#"{"alg":"HS256","kid":"a","kid":"b"}"#, "{}"), twice);
    malformed(&token(r#"{"alg":"HS256","new":1,"new":1}"#, "{}"), twice);
    malformed(&token(r#"["HS256"]"#, "{}"), "the token's header is no JSON object");
    malformed(&token(r#""HS256""#, "{}"), "the token's header is no JSON object");
    for header in ["", "HS256", r#"{"alg":"HS256"}x"#, r#"{"alg":"HS256","#, "\u{feff}{\"alg\":\"HS256\"}"] {
        malformed(&token(header, "{}"), "the token's header is no JSON");
    }
    let latin = format!("{}.{}", base64url(b"{\"alg\":\"HS256\",\"kid\":\"\xe9\"}"), base64url("{}"));
    malformed(&seal(&latin, KEY), "the token's header is no JSON");
    for more in [r#""kid":1"#, r#""typ":["JWT"]"#, r#""cty":{}"#] {
        let header = format!(r#"{{"alg":"HS256",{more}}}"#);
        malformed(&token(&header, "{}"), "a member of the token's header is of a wrong type");
    }
    let long = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, "k".repeat(4000));
    malformed(&token(&long, "{}"), "the token's header is too long");
}

#[test]
fn a_token_has_three_segments_and_none_is_empty() {
    let good = token(HS256, "{}");
    let [header, payload, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    for bad in [
        "".to_owned(),
        header.to_owned(),
        format!("{header}.{payload}"),
        format!("{good}."),
        format!("{good}.{signature}"),
        format!("{good}.{payload}.{signature}"),
    ] {
        refused(judge(&bad), Reason::MalformedToken, "a token has three segments");
    }
    malformed(&format!(".{good}"), "a token has three segments");
    malformed(&format!(".{payload}.{signature}"), "the token's header is no JSON");
    malformed(&seal(&format!("{header}."), KEY), "a segment of the token is empty");
    malformed(&format!("{header}.{payload}."), "a segment of the token is empty");
    malformed("..", "the token's header is no JSON");
    let dots = ".".repeat(100_000);
    refused(judge(&dots), Reason::MalformedToken, "a token has three segments");
    refused(judge(&format!("{good}{dots}")), Reason::MalformedToken, "a token has three segments");
}

#[test]
fn every_segment_is_canonical_base64url() {
    let good = token(HS256, "{}");
    let [header, payload, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let not_canonical = |part: &str| format!("the token's {part} is not canonical base64url");
    for bad in [
        format!("{header}="),
        format!(" {header}"),
        format!("{header}\n"),
        format!("Bearer {header}"),
        format!("\"{header}"),
    ] {
        let token = seal(&format!("{bad}.{payload}"), KEY);
        refused(judge(&token), Reason::MalformedToken, &not_canonical("header"));
    }
    for bad in ["e30=", "e30 ", "e3\n0", "e31", "e3", "e", "+/+/", "e30\u{e9}"] {
        let token = seal(&format!("{header}.{bad}"), KEY);
        refused(judge(&token), Reason::MalformedToken, &not_canonical("payload"));
    }
    let unused_bits = format!("{}{}", signature.split_at(42).0, next(signature));
    for bad in [
        format!("{signature}="),
        format!("{signature} "),
        format!("{signature}\n"),
        format!("{signature}\""),
        unused_bits,
    ] {
        let token = format!("{header}.{payload}.{bad}");
        refused(judge(&token), Reason::MalformedToken, &not_canonical("signature"));
    }
    let long = format!("{header}.{payload}.{}", "A".repeat(3000));
    malformed(&long, "the token's signature is too long");
}

/// The last digit of a signature with one of its two unused bits set.
fn next(signature: &str) -> char {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = DIGITS.find(signature.chars().last().unwrap()).unwrap();
    DIGITS.chars().nth(at.saturating_add(1)).unwrap()
}

#[test]
fn a_signature_that_does_not_hold_is_told_before_anything_in_the_payload() {
    for payload in ["{}", "no JSON", r#"{"exp":1}"#] {
        let good = token(HS256, payload);
        let (signed, _) = good.rsplit_once('.').unwrap();
        for bad in [seal(signed, "another key of at least 32 bytes, too"), seal(signed, "")] {
            refused(judge(&bad), Reason::InvalidSignature, "");
        }
        for length in [1, 16, 31, 33, 64] {
            let bad = format!("{signed}.{}", base64url(vec![0; length]));
            refused(judge(&bad), Reason::InvalidSignature, "");
        }
    }
    let good = token(HS256, r#"{"a":1}"#);
    let (_, signature) = good.rsplit_once('.').unwrap();
    let other_payload = format!("{}.{}.{signature}", base64url(HS256), base64url(r#"{"a":2}"#));
    refused(judge(&other_payload), Reason::InvalidSignature, "");
    let other_header = format!("{}.{}.{signature}", base64url(r#"{"alg":"HS256" }"#), base64url(r#"{"a":1}"#));
    refused(judge(&other_header), Reason::InvalidSignature, "");
}

#[test]
fn every_live_key_is_tried_and_the_one_that_fits_is_named() {
    let old =
        Secret::new("the key before, of at least 32 bytes").named("old").expires_at(UnixTime::from_secs(1_800_000_000));
    let gone = Secret::new("the key that has expired, 32 bytes").named("gone").expires_at(NOW);
    let keys = Keyring::from([Secret::new(KEY).named("new"), old, gone]);
    let judge = |key: &str| {
        let token = seal(&format!("{}.{}", base64url(HS256), base64url("{}")), key);
        judge_with(TokenScheme::hs256().in_body("data"), keys.clone(), &[], format!(r#"{{"data":"{token}"}}"#))
    };
    assert_eq!(judge(KEY).unwrap().key_id().as_str(), "new");
    assert_eq!(judge("the key before, of at least 32 bytes").unwrap().key_id().as_str(), "old");
    refused(judge("the key that has expired, 32 bytes"), Reason::InvalidSignature, "");
}
