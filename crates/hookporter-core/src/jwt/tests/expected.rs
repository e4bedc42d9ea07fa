//! Claims that must be the public URL, a part of the key, or a recent moment.

use super::*;
use crate::{KeyNaming, KeyRule, Tolerance};

const URL: &str = "https://example.com/hook?x=1";

/// Judges `payload` under `policy` at the public URL, with a key that has the parts `api_key` and `email`.
fn judge(policy: &ClaimsPolicy, payload: &str, url: Option<&str>) -> Result<Delivery, Rejection> {
    judge_within(policy, payload, url, Some(Tolerance::of_secs(300, 60)))
}

fn judge_within(
    policy: &ClaimsPolicy,
    payload: &str,
    url: Option<&str>,
    tolerance: Option<Tolerance>,
) -> Result<Delivery, Rejection> {
    let rule = KeyRule::text(16, "a key").compound("api_secret", &["api_key", "email"]);
    let scheme = Scheme::token(TokenScheme::hs256().claims(policy.clone())).key_rule(rule);
    let verifier = Verifier::new(scheme).unwrap();
    let verifier = match tolerance {
        Some(tolerance) => verifier.with_tolerance(tolerance),
        None => verifier.no_freshness(),
    };
    let secret = Secret::new(format!(r#"{{"api_secret":"{KEY}","api_key":"API1"}}"#)).with_part("email", "a@b.example");
    let keys = verifier.prepare(&secret.into()).unwrap();
    let headers = vec![("authorization", format!("Bearer {}", token(HS256, payload)))];
    let head = Head::new("POST", "/hook", &headers);
    let head = url.map_or(head, |url| head.with_url(url));
    verifier.begin(&head, &keys, NOW)?.finish().map_err(crate::Refused::into_rejection)
}

#[test]
fn a_claim_may_have_to_be_the_public_url() {
    for (policy, claim) in
        [(ClaimsPolicy::new().audience_is_url(), "aud"), (ClaimsPolicy::new().subject_is_url(), "sub")]
    {
        let payload = |value: &str| format!(r#"{{"{claim}":{value}}}"#);
        assert!(judge(&policy, &payload(&format!("\"{URL}\"")), Some(URL)).is_ok());
        let detail = format!("claim `{claim}`");
        for bad in ["\"https://example.com/hook\"", "\"https://example.com/hook?x=12\"", "\"\"", "null", "7"] {
            refused(judge(&policy, &payload(bad), Some(URL)), Reason::ClaimMismatch, &detail);
        }
        refused(judge(&policy, "{}", Some(URL)), Reason::ClaimMismatch, &detail);
        // Without a URL nothing fits, not even an empty claim.
        refused(judge(&policy, &payload("\"\""), None), Reason::ClaimMismatch, &detail);
        assert!(Verifier::new(Scheme::token(TokenScheme::hs256().claims(policy))).unwrap().needs_url());
    }
    let listed = format!(r#"{{"aud":["other","{URL}"]}}"#);
    assert!(judge(&ClaimsPolicy::new().audience_is_url(), &listed, Some(URL)).is_ok());
    assert!(!Verifier::new(Scheme::token(TokenScheme::hs256())).unwrap().needs_url());
}

#[test]
fn a_claim_may_have_to_be_a_part_of_the_key() {
    let issuer = ClaimsPolicy::new().issuer_is_key_part("api_key");
    assert!(judge(&issuer, r#"{"iss":"API1"}"#, None).is_ok());
    for bad in [r#"{"iss":"API2"}"#, r#"{"iss":""}"#, r#"{"iss":["API1"]}"#, "{}"] {
        refused(judge(&issuer, bad, None), Reason::ClaimMismatch, "claim `iss`");
    }
    let email = ClaimsPolicy::new().claim_is_key_part("email", "email").claim_is_true("email_verified");
    assert!(judge(&email, r#"{"email":"a@b.example","email_verified":true}"#, None).is_ok());
    refused(
        judge(&email, r#"{"email":"c@b.example","email_verified":true}"#, None),
        Reason::ClaimMismatch,
        "claim `email`",
    );
    for bad in ["false", "\"true\"", "1", "null"] {
        let payload = format!(r#"{{"email":"a@b.example","email_verified":{bad}}}"#);
        refused(judge(&email, &payload, None), Reason::ClaimMismatch, "claim `email_verified`");
    }
}

#[test]
fn a_key_without_its_parts_does_not_build_and_neither_does_a_rule_that_asks_for_none() {
    let token = TokenScheme::hs256().claims(ClaimsPolicy::new().issuer_is_key_part("api_key"));
    let error = Verifier::new(Scheme::token(token.clone())).unwrap_err().to_string();
    assert!(error.contains("`api_key`"), "{error}");
    let rule = KeyRule::text(16, "a key").compound("api_secret", &["api_key"]);
    let verifier = Verifier::new(Scheme::token(token).key_rule(rule)).unwrap();
    let prepare = |secret| verifier.prepare(&Keyring::from(secret)).map(|_| ()).map_err(|error| error.to_string());
    assert_eq!(prepare(Secret::new(KEY).with_part("api_key", "API1")), Ok(()));
    for secret in [
        Secret::new(KEY),
        Secret::new(KEY).with_part("api_key", ""),
        Secret::new(format!(r#"{{"api_secret":"{KEY}"}}"#)),
        Secret::new(r#"{"api_secret":"short","api_key":"API1"}"#),
        Secret::new(r#"{"api_secret":"","api_key":"API1"}"#),
    ] {
        let error = prepare(secret).unwrap_err();
        assert!(!error.contains(KEY), "{error}");
    }
    assert_eq!(verifier.key_parts(), ["api_key"]);
}

#[test]
fn a_token_may_have_to_be_recent() {
    let policy = ClaimsPolicy::new().issued_recently();
    let at = |seconds: i64| format!(r#"{{"iat":{}}}"#, 1_700_000_000 + seconds);
    for good in [-300, 0, 60] {
        let delivery = judge(&policy, &at(good), None).unwrap();
        assert_eq!(delivery.sent_at(), Some(UnixTime::from_secs(1_700_000_000 + good)));
    }
    let reason = |payload: &str| judge(&policy, payload, None).unwrap_err().kind();
    assert_eq!(reason(&at(-301)), Reason::TimestampTooOld);
    assert_eq!(reason(&at(61)), Reason::TimestampTooNew);
    assert_eq!(reason("{}"), Reason::ClaimMismatch);
    // Without freshness a token may be old, and still not be from the future.
    let any_age = |seconds| judge_within(&policy, &at(seconds), None, None);
    assert!(any_age(-1_000_000).is_ok());
    refused(any_age(60), Reason::TokenNotYetValid, "claim `iat`");
}

#[test]
fn a_token_names_its_key() {
    let name = |header: &str| {
        let verifier = Verifier::new(Scheme::token(TokenScheme::hs256())).unwrap();
        assert_eq!(verifier.key_naming(), KeyNaming::Head);
        let headers = vec![("authorization", format!("Bearer {}", token(header, "{}")))];
        verifier.key_name(&Head::new("POST", "/", &headers)).map_err(|rejection| rejection.kind())
    };
    assert_eq!(name(r#"{"alg":"HS256","kid":"k1"}"#).unwrap().unwrap().as_str(), "k1");
    for bad in [HS256, r#"{"alg":"HS256","kid":"../../dev/null"}"#, r#"{"alg":"HS256","kid":""}"#] {
        assert_eq!(name(bad), Err(Reason::MalformedToken), "{bad}");
    }
    // A fixed key is tried whatever the token calls it.
    let odd = token(r#"{"alg":"HS256","kid":"../../dev/null"}"#, "{}");
    assert!(in_header(TokenScheme::hs256(), &odd, "").is_ok());

    let verifier = Verifier::new(Scheme::token(TokenScheme::hs256().in_body("data"))).unwrap();
    assert_eq!(verifier.key_naming(), KeyNaming::Body);
    let headers: Vec<(&str, &str)> = Vec::new();
    let head = Head::new("POST", "/", &headers);
    let body = serde_json::json!({"data": token(r#"{"alg":"HS256","kid":"k1"}"#, "{}")}).to_string();
    let mut check = verifier.begin_unkeyed(&head, NOW).unwrap();
    check.push(body.into()).unwrap();
    assert_eq!(check.key_name().unwrap().as_str(), "k1");
    let keys = verifier.prepare(&Secret::new(KEY).into()).unwrap();
    assert!(check.finish(&keys).is_ok());
}
