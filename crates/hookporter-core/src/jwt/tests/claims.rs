use super::*;

const AT: i64 = NOW.as_secs();

fn judge(policy: &ClaimsPolicy, payload: &str) -> Result<Delivery, Rejection> {
    in_body(TokenScheme::hs256().claims(policy.clone()), &token(HS256, payload))
}

/// Checks that a payload with `claim` of each value is refused for that claim.
#[track_caller]
fn refused_for(policy: &ClaimsPolicy, claim: &str, values: &[&str], reason: Reason) {
    for value in values {
        refused(judge(policy, &format!(r#"{{"{claim}":{value}}}"#)), reason, &format!("claim `{claim}`"));
    }
}

#[test]
fn no_claim_is_required_unless_the_policy_says_so() {
    let policy = ClaimsPolicy::new();
    for payload in ["{}", "[]", "\"text\"", r#"{"iss":1,"aud":2,"sub":3,"jti":4}"#, r#"{"data":{"exp":1}}"#] {
        assert!(judge(&policy, payload).is_ok(), "{payload}");
    }
    for (policy, claim) in [
        (ClaimsPolicy::new().issuer("a"), "iss"),
        (ClaimsPolicy::new().audience("a"), "aud"),
        (ClaimsPolicy::new().subject("a"), "sub"),
        (ClaimsPolicy::new().require_expiry(), "exp"),
        (ClaimsPolicy::new().require_not_before(), "nbf"),
        (ClaimsPolicy::new().require_issued_at(), "iat"),
        (ClaimsPolicy::new().require_id(), "jti"),
    ] {
        for payload in ["{}", "[]", "\"text\"", "null"] {
            refused(judge(&policy, payload), Reason::ClaimMismatch, &format!("claim `{claim}`"));
        }
    }
}

#[test]
fn a_time_of_a_wrong_type_or_range_is_never_an_absent_one() {
    let odd = [
        "null",
        "true",
        "\"9999999999\"",
        "\"\"",
        "[]",
        "[1700000100]",
        "{}",
        "-1",
        "-1700000000",
        "-0.5",
        "1e30",
        "1e300",
        "1700000100000",
        "1700000100000.5",
        "253402300800",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
    ];
    for claim in ["exp", "nbf", "iat"] {
        refused_for(&ClaimsPolicy::new(), claim, &odd, Reason::ClaimMismatch);
    }
    refused_for(&ClaimsPolicy::new().require_expiry(), "exp", &odd, Reason::ClaimMismatch);
}

#[test]
fn the_end_of_a_token_is_held_to() {
    for (policy, leeway) in
        [(ClaimsPolicy::new(), 10), (ClaimsPolicy::new().leeway(0), 0), (ClaimsPolicy::new().leeway(300), 300)]
    {
        for good in [AT - leeway + 1, AT + 3600, 253_402_300_799] {
            assert!(judge(&policy, &format!(r#"{{"exp":{good}}}"#)).is_ok(), "{good}");
        }
        for past in [AT - leeway, AT - leeway - 1, 1, 0] {
            refused_for(&policy, "exp", &[&past.to_string()], Reason::TokenExpired);
        }
    }
    let exact = ClaimsPolicy::new().leeway(0);
    assert!(judge(&exact, r#"{"exp":1700000000.5}"#).is_ok());
    assert!(judge(&exact, r#"{"exp":1.7000001e9}"#).is_ok());
    refused_for(&exact, "exp", &["1699999999.5", "1.7e9"], Reason::TokenExpired);
}

#[test]
fn the_beginning_of_a_token_is_held_to() {
    for (policy, leeway) in [(ClaimsPolicy::new(), 10), (ClaimsPolicy::new().leeway(0), 0)] {
        for claim in ["nbf", "iat"] {
            for good in [AT + leeway, AT, AT - 86_400, 0] {
                assert!(judge(&policy, &format!(r#"{{"{claim}":{good}}}"#)).is_ok(), "{claim} {good}");
            }
            for ahead in [AT + leeway + 1, AT + 3600, 9_999_999_999] {
                refused_for(&policy, claim, &[&ahead.to_string()], Reason::TokenNotYetValid);
            }
        }
    }
}

#[test]
fn who_sent_it_to_whom_about_what_is_exact() {
    let issuer = ClaimsPolicy::new().issuer("https://a.example");
    assert!(judge(&issuer, r#"{"iss":"https://a.example"}"#).is_ok());
    let others = [
        "\"https://a.example/\"",
        "\"https://A.example\"",
        "\"\"",
        "null",
        "1",
        "[\"https://a.example\"]",
        "\"https://a.example\\u0000\"",
    ];
    refused_for(&issuer, "iss", &others, Reason::ClaimMismatch);

    let subject = ClaimsPolicy::new().subject("s");
    assert!(judge(&subject, r#"{"sub":"s"}"#).is_ok());
    refused_for(&subject, "sub", &["\"S\"", "null", "[\"s\"]", "0"], Reason::ClaimMismatch);

    let audience = ClaimsPolicy::new().audience("me");
    for good in [r#""me""#, r#"["me"]"#, r#"["you","me"]"#] {
        assert!(judge(&audience, &format!(r#"{{"aud":{good}}}"#)).is_ok(), "{good}");
    }
    let others = ["\"you\"", "[]", "[\"you\"]", "[[\"me\"]]", "[\"me\",1]", "{\"me\":1}", "null", "\"me,you\""];
    refused_for(&audience, "aud", &others, Reason::ClaimMismatch);

    let named = ClaimsPolicy::new().require_id();
    assert!(judge(&named, r#"{"jti":"1"}"#).is_ok());
    refused_for(&named, "jti", &["\"\"", "1", "null"], Reason::ClaimMismatch);
}

#[test]
fn a_claim_that_stands_twice_is_refused_whatever_it_is() {
    for payload in [
        r#"{"exp":9999999999,"exp":9999999999}"#,
        r#"{"exp":1,"\u0065xp":9999999999}"#,
        r#"{"mine":1,"mine":1}"#,
        r#"{"iss":"a","x":{},"iss":"a"}"#,
    ] {
        refused(judge(&ClaimsPolicy::new(), payload), Reason::MalformedToken, "a claim stands twice");
    }
}

#[test]
fn a_claim_cannot_rescue_a_bad_signature_nor_be_judged_before_it() {
    let signed = format!("{}.{}", base64url(HS256), base64url(r#"{"exp":1,"iss":"x"}"#));
    let forged = seal(&signed, "another key of at least 32 bytes, too");
    let policy = ClaimsPolicy::new().issuer("a");
    refused(in_body(TokenScheme::hs256().claims(policy), &forged), Reason::InvalidSignature, "");
}
