use super::*;
use crate::{ConfigError, Coverage, Encoding, Header};

#[test]
fn a_body_holds_its_token_once_as_text() {
    let good = token(HS256, r#"{"n":1}"#);
    let judge = |body: &str| judge_with(TokenScheme::hs256().in_body("data"), Secret::new(KEY), &[], body);
    for body in [
        format!(r#"{{"data":"{good}"}}"#),
        format!("\r\n{{ \"other\" : [{{\"data\":1}}], \"data\" :\t\"{good}\" }}\n"),
        format!(r#"{{"\u0064ata":"{good}"}}"#),
        format!(r#"{{"x":{}{},"data":"{good}"}}"#, "[".repeat(10_000), "]".repeat(10_000)),
    ] {
        let delivery = judge(&body).unwrap();
        assert_eq!(delivery.payload(), r#"{"n":1}"#);
        assert_eq!(delivery.body(), &body);
        assert_eq!(delivery.coverage(), Coverage::Payload);
    }
    for (body, detail) in [
        (String::new(), "the body is no JSON"),
        (good.clone(), "the body is no JSON"),
        (format!(r#"{{"data":"{good}""#), "the body is no JSON"),
        (format!(r#"{{"data":"{good}"}}}}"#), "the body is no JSON"),
        (format!(r#""{good}""#), "the body is no JSON object"),
        (format!(r#"["{good}"]"#), "the body is no JSON object"),
        (format!(r#"{{"data":"{good}","data":"{good}"}}"#), "a member of the body stands twice"),
        (format!(r#"{{"data":"{good}","\u0064ata":"{good}"}}"#), "a member of the body stands twice"),
        (format!(r#"{{"Data":"{good}"}}"#), "the body holds no token"),
        ("{}".to_owned(), "the body holds no token"),
        (r#"{"payload":"e30","signatures":[]}"#.to_owned(), "the body holds no token"),
        (format!(r#"{{"data":["{good}"]}}"#), "the body's token is no string"),
        (r#"{"data":{"payload":"e30","protected":"","signature":""}}"#.to_owned(), "the body's token is no string"),
        (r#"{"data":null}"#.to_owned(), "the body's token is no string"),
    ] {
        refused(judge(&body), Reason::MalformedBody, detail);
    }
    let latin = [br#"{"x":""#.as_slice(), b"\xe9", br#"","data":""#, good.as_bytes(), br#""}"#].concat();
    let result = judge_with(TokenScheme::hs256().in_body("data"), Secret::new(KEY), &[], latin);
    refused(result, Reason::MalformedBody, "the body is no JSON");
}

#[test]
fn a_header_holds_its_token_once_behind_its_prefix() {
    let good = token(HS256, "{}");
    let judge = |headers: &[(&str, &str)]| {
        let scheme = TokenScheme::hs256().in_header(Header::new("X-Token").prefix("v1="));
        judge_with(scheme, Secret::new(KEY), headers, "anything")
    };
    let value = format!("v1={good}");
    let delivery = judge(&[("x-token", &value)]).unwrap();
    assert_eq!(delivery.coverage(), Coverage::Origin);
    assert_eq!(delivery.payload(), "anything");
    refused(judge(&[]), Reason::MissingHeader, "`x-token`");
    refused(judge(&[("x-token", &value), ("X-Token", &value)]), Reason::RepeatedHeader, "`x-token`");
    for empty in ["", " ", "\t"] {
        refused(judge(&[("x-token", empty)]), Reason::MalformedHeader, "is empty");
    }
    for bad in [good.clone(), format!("V1={good}"), format!(" {value}"), format!("Bearer {good}")] {
        refused(judge(&[("x-token", &bad)]), Reason::MalformedHeader, "does not begin with its prefix");
    }
    let long = format!("v1={}", token(HS256, &format!(r#""{}""#, "x".repeat(8000))));
    refused(judge(&[("x-token", &long)]), Reason::MalformedHeader, "is too long for any token");
    refused(judge(&[("x-token", "v1=")]), Reason::MalformedToken, "a token has three segments");
    refused(judge(&[("x-token", &format!("v1=Bearer {good}"))]), Reason::MalformedToken, "base64url");
}

#[test]
fn a_header_of_bytes_that_are_no_text_is_refused() {
    let verifier = Verifier::new(Scheme::token(TokenScheme::hs256())).unwrap();
    let keys = verifier.prepare(&Secret::new(KEY).into()).unwrap();
    let headers = vec![("authorization", b"Bearer \xff\xfe".as_slice())];
    let rejection = verifier.begin(&Head::new("POST", "/", &headers), &keys, NOW).map(|_| ()).unwrap_err();
    assert_eq!(rejection.kind(), Reason::MalformedHeader);
}

#[test]
fn a_hopeless_header_is_refused_before_the_body() {
    let verifier = Verifier::new(Scheme::token(TokenScheme::hs256())).unwrap();
    let keys = verifier.prepare(&Secret::new(KEY).into()).unwrap();
    let none = format!("Bearer {}", token(r#"{"alg":"none"}"#, "{}"));
    let headers = vec![("authorization", none.as_str())];
    let rejection = verifier.begin(&Head::new("POST", "/", &headers), &keys, NOW).map(|_| ()).unwrap_err();
    assert_eq!(rejection.kind(), Reason::UnsupportedAlgorithm);
}

#[test]
fn a_body_hash_binds_the_body() {
    let body = "the body";
    let digest = <Sha256 as sha2::Digest>::digest(body);
    let standard = base64::engine::general_purpose::STANDARD;
    for (encoding, text) in [
        (Encoding::Hex, const_hex::encode(digest)),
        (Encoding::Hex, const_hex::encode_upper(digest)),
        (Encoding::Base64, standard.encode(digest)),
        (Encoding::Base64Url, base64url(digest)),
        (Encoding::Base64Url, format!("{}=", base64url(digest))),
    ] {
        let scheme = TokenScheme::hs256().body_hash("sha256", encoding);
        let judge = |claim: &str, body: &str| {
            in_header(scheme.clone(), &token(HS256, &format!(r#"{{"sha256":{claim}}}"#)), body)
        };
        let claim = format!(r#""{text}""#);
        assert_eq!(judge(&claim, body).unwrap().coverage(), Coverage::Body);
        refused(judge(&claim, "the bodY"), Reason::BodyHashMismatch, "claim `sha256`");
        refused(judge(&claim, ""), Reason::BodyHashMismatch, "claim `sha256`");
        refused(judge(r#""""#, body), Reason::BodyHashMismatch, "claim `sha256`");
        for bad in [
            "null",
            "1",
            r#"["a"]"#,
            &format!("[{claim}]"),
            r#""?""#,
            &format!(r#"" {text}""#),
            &format!(r#""{text}==""#),
        ] {
            refused(judge(bad, body), Reason::ClaimMismatch, "claim `sha256`");
        }
        let without = in_header(scheme.clone(), &token(HS256, "{}"), body);
        refused(without, Reason::ClaimMismatch, "claim `sha256`");
    }
}

#[test]
fn a_scheme_that_contradicts_itself_does_not_build() {
    for (scheme, problem) in [
        (TokenScheme::hs256().in_body("data").body_hash("h", Encoding::Hex), "cannot hold the hash"),
        (TokenScheme::hs256().in_header(Header::new("x").list(',').item("t")), "not a list"),
        (TokenScheme::hs256().body_hash("h", Encoding::Plain), "hex, base64 or base64url"),
        (TokenScheme::hs256().claims(ClaimsPolicy::new().leeway(301)), "at most 300 s"),
    ] {
        let error = Verifier::new(Scheme::token(scheme)).map(|_| ()).unwrap_err();
        assert!(matches!(&error, ConfigError::Scheme { problem: text } if text.contains(problem)), "{error}");
    }
    let verifier = Verifier::new(Scheme::token(TokenScheme::hs256())).unwrap();
    for (key, problem) in [("", "is empty"), ("short", "is 5 bytes long, shorter than 16")] {
        let error = verifier.prepare(&Secret::new(key).into()).map(|_| ()).unwrap_err();
        assert!(matches!(&error, ConfigError::Key { problem: text, .. } if text == problem), "{error}");
    }
}
