//! Schemes whose proof stands in several headers, or whose timestamp stands in the body.

use bytes::Bytes;

use crate::{
    ConfigError, Delivery, Evidence, Head, Header, Json, Reason, Rejection, Scheme, Secret, Signable, SignedBytes,
    SignedInput, UnixTime, Verifier,
};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const SECRET: &str = "a secret of the tests";

type Lines = Vec<(String, String)>;

fn verifier(scheme: Scheme) -> Verifier {
    Verifier::new(scheme).unwrap()
}

/// The proof headers of `body`, and the body as it is sent.
fn signed(verifier: &Verifier, secrets: &[&str], body: &str) -> (Lines, Bytes) {
    let none: Lines = Vec::new();
    let secrets: Vec<_> = secrets.iter().map(|text| Secret::weak(*text)).collect();
    let request = Signable::new(Head::new("POST", "/", &none), Bytes::copy_from_slice(body.as_bytes()), NOW, "id");
    let signed = verifier.sign(&secrets, &request).unwrap();
    (signed.headers, signed.body)
}

fn check(verifier: &Verifier, headers: &Lines, body: &[u8], now: UnixTime) -> Result<Delivery, Rejection> {
    let keys = verifier.prepare(&Secret::weak(SECRET).into()).unwrap();
    let head = Head::new("POST", "/", headers);
    let mut check = verifier.begin(&head, &keys, now)?;
    let (first, second) = body.split_at(body.len() / 2);
    check.push(Bytes::copy_from_slice(first))?;
    check.push(Bytes::copy_from_slice(second))?;
    check.finish().map_err(crate::Refused::into_rejection)
}

fn reason(judged: Result<Delivery, Rejection>) -> Option<Reason> {
    judged.err().map(|rejection| rejection.kind())
}

fn line(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn what_contradicts_itself_does_not_build() {
    let body_time = || Json::pointer("/at").unix_millis();
    let signature = || Header::new("x-sig").hex();
    let time = || Header::new("x-time");
    let schemes = [
        ("does not cover the body", Scheme::static_token("x-token").timestamp(body_time())),
        (
            "does not cover the body",
            Scheme::hmac_sha256().signed("{field:/at}").signature(signature()).timestamp(body_time()),
        ),
        (
            "does not cover the body",
            Scheme::hmac_sha256()
                .signed_by(|_| Ok(SignedBytes::new().covering_body()))
                .signature(signature())
                .timestamp(body_time()),
        ),
        (
            "stands in the signed bytes",
            Scheme::hmac_sha256().signed("{timestamp}{body}").signature(signature()).timestamp(body_time()),
        ),
        ("is a member of it", Scheme::hmac_sha256().signature(signature()).timestamp(Json::pointer("").unix_seconds())),
        (
            "in one header",
            Scheme::hmac_sha256()
                .signed("{timestamp}{body}")
                .signature(signature())
                .timestamp(time().or("x-other").unix_seconds()),
        ),
        ("neither lists", Scheme::hmac_sha256().signature(Header::new("x-sig").or("x-b").list(',').item("v1").hex())),
        ("neither lists", Scheme::hmac_sha256().signature(Header::numbered("x-sig-").hex()).or_prefix("x-", "y-")),
    ];
    for (problem, scheme) in schemes {
        let error = Verifier::new(scheme).unwrap_err();
        assert!(matches!(&error, ConfigError::Scheme { problem: text } if text.contains(problem)), "{error}");
    }
}

#[test]
fn a_timestamp_in_the_body_is_judged_once_the_proof_holds() {
    let verifier = verifier(
        Scheme::hmac_sha256().signature(Header::new("x-sig").hex()).timestamp(Json::pointer("/m/at").unix_millis()),
    );
    let (headers, body) = signed(&verifier, &[SECRET], r#"{"m":{"n":1}}"#);
    assert_eq!(body, r#"{"m":{"at":1700000000000,"n":1}}"#);
    let judge = |now| check(&verifier, &headers, &body, now);
    assert_eq!(judge(NOW).unwrap().sent_at(), Some(NOW));
    assert_eq!(reason(judge(UnixTime::from_secs(1_700_000_301))), Some(Reason::TimestampTooOld));
    assert_eq!(reason(judge(UnixTime::from_secs(1_699_999_699))), Some(Reason::TimestampTooNew));
    // A forgery is told apart from an old request: nothing in the body is believed before the proof holds.
    let forged = String::from_utf8(body.to_vec()).unwrap().replace("1700000000000", "1600000000000");
    assert_eq!(reason(check(&verifier, &headers, forged.as_bytes(), NOW)), Some(Reason::InvalidSignature));
    let endless = verifier.clone().no_freshness();
    let late = check(&endless, &headers, &body, UnixTime::from_secs(1_800_000_000)).unwrap();
    assert_eq!(late.sent_at(), Some(NOW));
}

#[test]
fn a_body_whose_timestamp_is_unclear_is_refused() {
    // The same signature without the timestamp: what it signs is judged by `dated`.
    let plain = verifier(Scheme::hmac_sha256().signature(Header::new("x-sig").hex()));
    let dated = verifier(
        Scheme::hmac_sha256().signature(Header::new("x-sig").hex()).timestamp(Json::pointer("/at").unix_millis()),
    );
    let judge = |body: &str| {
        let (headers, body) = signed(&plain, &[SECRET], body);
        reason(check(&dated, &headers, &body, NOW))
    };
    assert_eq!(judge(r#"{"at":1700000000000}"#), None);
    assert_eq!(judge(r#"{"at":"1700000000000"}"#), None);
    for body in [
        "",
        "at=1700000000000",
        "{}",
        r#"{"at":null}"#,
        r#"{"at":[1700000000000]}"#,
        r#"{"at":1700000000}"#,
        r#"{"at":1700000000000.0}"#,
        r#"{"at":1700000000000,"at":1700000000000}"#,
        r#"{"at":1700000000000,"\u0061t":1600000000000}"#,
        r#"{"at":1700000000000"#,
    ] {
        assert_eq!(judge(body), Some(Reason::MalformedTimestamp), "{body}");
    }
}

#[test]
fn a_signature_in_any_of_several_headers_is_enough() {
    let verifier = verifier(Scheme::hmac_sha256().signature(Header::new("x-first").or("X-Second").hex()));
    let (headers, body) = signed(&verifier, &[SECRET, "another"], "{}");
    assert_eq!(headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["x-first", "x-second"]);
    let (good, bad) = (headers[0].1.clone(), headers[1].1.clone());
    let judge = |lines: &[(&str, &str)]| {
        let lines = lines.iter().map(|(name, value)| line(name, value)).collect();
        reason(check(&verifier, &lines, &body, NOW))
    };
    assert_eq!(judge(&[("x-first", &good)]), None);
    assert_eq!(judge(&[("x-second", &good)]), None);
    assert_eq!(judge(&[("x-first", &bad), ("x-second", &good)]), None);
    assert_eq!(judge(&[("x-first", "no signature"), ("x-second", &good)]), None);
    assert_eq!(judge(&[("x-first", ""), ("x-second", &good)]), None);
    assert_eq!(judge(&[("x-first", &bad), ("x-second", &bad)]), Some(Reason::InvalidSignature));
    assert_eq!(judge(&[("x-first", &good), ("x-second", &bad), ("x-second", &bad)]), Some(Reason::RepeatedHeader));
    assert_eq!(judge(&[("x-first", "no signature"), ("x-second", "")]), Some(Reason::MalformedHeader));
    assert_eq!(judge(&[("x-third", &good)]), Some(Reason::MissingHeader));
}

#[test]
fn numbered_headers_are_read_up_to_a_hundred() {
    let verifier = verifier(Scheme::hmac_sha256().signature(Header::numbered("X-Sig-").hex()));
    let (headers, body) = signed(&verifier, &[SECRET], "{}");
    assert_eq!(headers[0].0, "x-sig-1");
    let good = headers[0].1.clone();
    let judge = |name: &str| reason(check(&verifier, &vec![line(name, &good)], &body, NOW));
    for name in ["x-sig-1", "X-Sig-2", "x-sig-100"] {
        assert_eq!(judge(name), None, "{name}");
        assert!(verifier.is_proof_header(&name.to_ascii_lowercase()), "{name}");
    }
    for name in ["x-sig-0", "x-sig-01", "x-sig-101", "x-sig-+1", "x-sig-", "x-sig-1a", "x-sig-18446744073709551617"] {
        assert_eq!(judge(name), Some(Reason::MissingHeader), "{name}");
        assert!(!verifier.is_proof_header(name), "{name}");
    }
    let twice = vec![line("x-sig-1", &good), line("x-sig-7", &good), line("x-sig-7", &good)];
    let rejection = check(&verifier, &twice, &body, NOW).unwrap_err();
    assert_eq!(rejection.kind(), Reason::RepeatedHeader);
    assert_eq!(rejection.evidence(), &Evidence::Header("x-sig-7".into()));
}

#[test]
fn an_optional_header_has_its_value_or_is_missing() {
    let verifier =
        verifier(Scheme::hmac_sha256().signature(Header::new("x-sig").hex()).optional_header("X-Raw", "false"));
    let (headers, body) = signed(&verifier, &[SECRET], "{}");
    let judge = |more: &[(&str, &str)]| {
        let lines = headers.iter().cloned().chain(more.iter().map(|(name, value)| line(name, value))).collect();
        reason(check(&verifier, &lines, &body, NOW))
    };
    assert_eq!(judge(&[]), None);
    assert_eq!(judge(&[("x-raw", "false")]), None);
    assert_eq!(judge(&[("x-raw", "true")]), Some(Reason::MalformedHeader));
    assert_eq!(judge(&[("x-raw", "")]), Some(Reason::MalformedHeader));
    assert_eq!(judge(&[("x-raw", "false"), ("x-raw", "false")]), Some(Reason::RepeatedHeader));
}

#[test]
fn a_secret_has_no_url_in_the_body() {
    let url = || crate::KeyUrl::on_hosts(&["keys.acme.example"]);
    let scheme = |signed: &str| {
        Scheme::hmac_sha256().signed(signed).signature(Header::new("x-sig").hex()).key_url(Json::pointer("/key"), url())
    };
    let problem = Verifier::new(scheme("{body}")).map(|_| ()).unwrap_err().to_string();
    assert!(problem.contains("public one"), "{problem}");
    assert!(Verifier::new(scheme("{field:/a}")).map(|_| ()).is_err());
}

#[test]
fn another_algorithm_than_the_named_one_is_unsupported() {
    let verifier = verifier(
        Scheme::hmac_sha256()
            .signature(Header::new("x-sig").algorithm("sha256").hex())
            .fixed_header("x-version", "1")
            .algorithm_header("x-algorithm", "hs256"),
    );
    let (headers, body) = signed(&verifier, &[SECRET], "{}");
    assert_eq!(reason(check(&verifier, &headers, &body, NOW)), None);
    let judge = |name: &str, value: &str| {
        let mut lines = headers.clone();
        lines.retain(|(known, _)| known != name);
        lines.push(line(name, value));
        reason(check(&verifier, &lines, &body, NOW))
    };
    for (name, value, expected) in [
        ("x-sig", "sha1=deadbeef", Reason::UnsupportedAlgorithm),
        ("x-sig", "SHA256=deadbeef", Reason::UnsupportedAlgorithm),
        ("x-sig", "deadbeef", Reason::MalformedHeader),
        ("x-sig", "=deadbeef", Reason::MalformedHeader),
        ("x-sig", "!sha1=deadbeef", Reason::MalformedHeader),
        ("x-sig", "sha256=no", Reason::MalformedHeader),
        ("x-version", "2", Reason::MalformedHeader),
        ("x-version", "11", Reason::MalformedHeader),
        ("x-algorithm", "HS256", Reason::UnsupportedAlgorithm),
        ("x-algorithm", "", Reason::MalformedHeader),
        ("x-algorithm", "none", Reason::UnsupportedAlgorithm),
    ] {
        assert_eq!(judge(name, value), Some(expected), "{name}: {value}");
    }
    for name in ["x-version", "x-algorithm"] {
        let mut lines = headers.clone();
        lines.retain(|(known, _)| known != name);
        assert_eq!(reason(check(&verifier, &lines, &body, NOW)), Some(Reason::MissingHeader), "{name}");
        lines = headers.clone();
        lines.push(headers.iter().find(|(known, _)| known == name).unwrap().clone());
        assert_eq!(reason(check(&verifier, &lines, &body, NOW)), Some(Reason::RepeatedHeader), "{name}");
    }
}

#[test]
fn what_a_request_offers_is_printed_nowhere() {
    let verifier = verifier(Scheme::static_token("x-token"));
    let keys = verifier.prepare(&Secret::weak(SECRET).into()).unwrap();
    let (headers, body) = (vec![line("x-token", SECRET)], Bytes::from_static(SECRET.as_bytes()));
    let head = Head::new("POST", "/", &headers);
    let mut check = verifier.begin(&head, &keys, NOW).unwrap();
    check.push(body.clone()).unwrap();
    let none: Lines = Vec::new();
    let signed = verifier.sign(&[Secret::weak(SECRET)], &Signable::new(head, body.clone(), NOW, "id")).unwrap();
    let input = SignedInput { head: &head, body: SECRET.as_bytes(), timestamp: None, id: None };
    let mut printed = format!("{check:?} {signed:?} {input:?}");
    printed += &format!("{:?}", check.finish().unwrap());
    let mut refused = verifier.begin(&Head::new("POST", "/", &headers), &keys, NOW).unwrap();
    refused.push(body).unwrap();
    printed += &format!("{:?} {:?}", refused, verifier.begin(&Head::new("POST", "/", &none), &keys, NOW));
    let bytes = format!("{:?}", SECRET.as_bytes()).replace(['[', ']'], "");
    assert!(!printed.contains(SECRET) && !printed.contains(&bytes), "{printed}");
}
