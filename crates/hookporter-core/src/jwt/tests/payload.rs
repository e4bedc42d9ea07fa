use super::*;

fn judge(scheme: TokenScheme, payload: &str) -> Result<Delivery, Rejection> {
    in_body(scheme, &token(HS256, payload))
}

#[test]
fn any_json_value_is_a_payload_and_stays_as_it_was_sent() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let member = format!(r#"{{"x":{deep},"n":1e400}}"#);
    for payload in ["{}", " { \"a\" : 1.0 } ", "[1,2]", "\"text\"", "7", "null", "true", &deep, &member] {
        assert_eq!(judge(TokenScheme::hs256(), payload).unwrap().payload(), payload);
    }
    for payload in ["", "foo", "{}{}", "{'a':1}", "\u{feff}{}", "\"", "{\"a\":1"] {
        let result = judge(TokenScheme::hs256(), payload);
        let detail =
            if payload.is_empty() { "a segment of the token is empty" } else { "the token's payload is no JSON" };
        refused(result, Reason::MalformedToken, detail);
    }
    let latin = seal(&format!("{}.{}", base64url(HS256), base64url(b"\"\xe9\"")), KEY);
    refused(in_body(TokenScheme::hs256(), &latin), Reason::MalformedToken, "the token's payload is no JSON");
}

#[test]
fn json_inside_a_json_string_is_opened_once_where_the_scheme_says_so() {
    let inner = r#"{"webhook":"W","data":{"id":1}}"#;
    let quoted = serde_json::Value::from(inner).to_string();
    let twice = serde_json::Value::from(quoted.as_str()).to_string();
    let nested = TokenScheme::hs256().nested_json();
    assert_eq!(judge(nested.clone(), &quoted).unwrap().payload(), inner);
    assert_eq!(judge(nested.clone(), &format!(" {quoted}\n")).unwrap().payload(), inner);
    assert_eq!(judge(nested.clone(), r#""[1]""#).unwrap().payload(), "[1]");
    assert_eq!(judge(TokenScheme::hs256(), &quoted).unwrap().payload(), quoted.as_str());
    for same in [inner, &twice, r#""text""#, r#""5""#, r#""{broken""#, "[1]", "5"] {
        assert_eq!(judge(nested.clone(), same).unwrap().payload(), same);
    }
}

#[test]
fn claims_are_those_of_the_opened_payload() {
    let expired = serde_json::Value::from(r#"{"exp":1600000000}"#).to_string();
    refused(judge(TokenScheme::hs256().nested_json(), &expired), Reason::TokenExpired, "claim `exp`");
    assert!(judge(TokenScheme::hs256(), &expired).is_ok());
    let twice = serde_json::Value::from(r#"{"a":1,"a":1}"#).to_string();
    refused(judge(TokenScheme::hs256().nested_json(), &twice), Reason::MalformedToken, "a claim stands twice");
}

#[test]
fn the_fingerprint_is_of_the_signed_bytes_and_not_of_what_is_around_them() {
    let judge = |body: String| judge_with(TokenScheme::hs256().in_body("data"), Secret::new(KEY), &[], body).unwrap();
    let (first, second) = (token(HS256, r#"{"n":1}"#), token(HS256, r#"{"n":2}"#));
    let one = judge(format!(r#"{{"data":"{first}"}}"#));
    let again = judge(format!(r#"{{ "data": "{first}", "x": 1 }}"#));
    let other = judge(format!(r#"{{"data":"{second}"}}"#));
    assert_eq!(one.fingerprint(), again.fingerprint());
    assert_ne!(one.fingerprint(), other.fingerprint());
}
