use super::{
    BODY, COVERED, Lines, MessageScheme, NOW, OTHER, Receiver, SECRET, good, good_with, request, signed_by_hand, with,
};
use crate::{Evidence, Reason, UnixTime};

fn why(receiver: &Receiver, lines: &Lines) -> (Reason, String) {
    let rejection = receiver.check(lines).unwrap_err();
    let detail = match rejection.evidence() {
        Evidence::HeaderShape(name, what) => format!("{name} {what}"),
        Evidence::Detail(what) => (*what).to_owned(),
        Evidence::Header(name) => name.to_string(),
        _ => String::new(),
    };
    (rejection.kind(), detail)
}

#[test]
fn a_signature_that_covers_less_is_refused_whichever_part_is_left_out() {
    for left_out in COVERED {
        let rest: Vec<_> = COVERED.into_iter().filter(|pair| *pair != left_out).collect();
        let names: Vec<_> = rest.iter().map(|(name, _)| *name).collect();
        let input = format!("({});created=1618884473", names.join(" "));
        let lines = request(&signed_by_hand("sig1", &input, &rest, SECRET), &[]);
        let wanted = (Reason::MalformedHeader, "signature-input covers less than the endpoint demands".to_owned());
        assert_eq!(why(&Receiver::usual(), &lines), wanted, "{left_out:?}");
    }
}

#[test]
fn path_stands_for_the_whole_url_and_more_may_be_covered() {
    let mut covered = COVERED.to_vec();
    covered[2] = ("\"@path\"", "/foo");
    covered.push(("\"x-more\"", "1"));
    let input = "(\"content-digest\" \"@method\" \"@path\" \"x-more\");created=1618884473";
    let lines = request(&signed_by_hand("s", input, &covered, SECRET), &[("X-More", " 1 ")]);
    assert_eq!(Receiver::usual().reason(&lines), Ok(()));
    assert_eq!(Receiver::usual().reason(&with(lines, "x-more", "2")), Err(Reason::InvalidSignature));
}

#[test]
fn a_component_that_is_covered_twice_is_refused() {
    let mut covered = COVERED.to_vec();
    covered.push(COVERED[1]);
    let input = "(\"content-digest\" \"@method\" \"@target-uri\" \"@method\");created=1618884473";
    let lines = request(&signed_by_hand("s", input, &covered, SECRET), &[]);
    let wanted = (Reason::MalformedHeader, "signature-input covers a component twice".to_owned());
    assert_eq!(why(&Receiver::usual(), &lines), wanted);
}

#[test]
fn parameters_of_components_that_are_not_supported_are_refused_and_not_passed_over() {
    for component in [
        "\"content-type\";sf",
        "\"content-type\";bs",
        "\"content-type\";key=\"a\"",
        "\"content-type\";tr",
        "\"@method\";req",
        "\"content-type\";name=\"a\"",
        "\"@query-param\"",
        "\"@query-param\";name=\"Pet\";req",
        "\"@query-param\";name",
        "\"@status\"",
        "\"@signature-params\"",
        "\"@other\"",
        "\"Content-Type\"",
        "\"content type\"",
        "\"\"",
    ] {
        let mut covered = COVERED.to_vec();
        covered.push((component, "application/json"));
        let input = format!("(\"content-digest\" \"@method\" \"@target-uri\" {component});created=1618884473");
        let lines = request(&signed_by_hand("s", &input, &covered, SECRET), &[("content-type", "application/json")]);
        assert_eq!(Receiver::usual().reason(&lines), Err(Reason::MalformedHeader), "{component}");
    }
}

#[test]
fn parameters_of_the_signature_are_known_once_and_of_their_kind() {
    assert_eq!(Receiver::usual().reason(&good()), Ok(()));
    let all = ";created=1618884473;expires=1618884474;nonce=\"n\";alg=\"hmac-sha256\";keyid=\"k1\";tag=\"t\"";
    assert_eq!(Receiver::usual().reason(&good_with(all)), Ok(()));
    for parameters in [
        "",
        ";keyid=\"k1\"",
        ";created=\"1618884473\"",
        ";created=1618884473.0",
        ";created",
        ";created=01618884473",
        ";created=1618884473;created=1618884473",
        ";created=1618884473;keyid=\"k1\";keyid=\"k2\"",
        ";created=1618884473;keyid=k1",
        ";created=1618884473;expires=1618884472",
        ";created=1618884473;expires=soon",
        ";created=1618884473;scope=\"all\"",
        ";created=1618884473;alg=hmac-sha256",
    ] {
        assert_eq!(Receiver::usual().reason(&good_with(parameters)), Err(Reason::MalformedHeader), "{parameters}");
    }
}

#[test]
fn the_message_never_chooses_the_algorithm() {
    for name in ["hmac-sha512", "ed25519", "none", "", "HMAC-SHA256", "rsa-v1_5-sha256"] {
        let lines = good_with(&format!(";created=1618884473;alg=\"{name}\""));
        assert_eq!(Receiver::usual().reason(&lines), Err(Reason::UnsupportedAlgorithm), "{name}");
    }
}

#[test]
fn time_is_judged_with_the_tolerance_and_expiry_to_the_second() {
    let receiver = Receiver::usual();
    let at = |seconds: i64, lines: &Lines| {
        let now = UnixTime::from_secs(NOW.as_secs() + seconds);
        receiver.check_at(now, lines, BODY).map(|_| ()).map_err(|rejection| rejection.kind())
    };
    assert_eq!(at(300, &good()), Ok(()));
    assert_eq!(at(301, &good()), Err(Reason::TimestampTooOld));
    assert_eq!(at(-300, &good()), Ok(()));
    assert_eq!(at(-301, &good()), Err(Reason::TimestampTooNew));
    let short = good_with(";created=1618884473;expires=1618884483");
    assert_eq!(at(10, &short), Ok(()));
    assert_eq!(at(11, &short), Err(Reason::TimestampTooOld));
    let open_ended = Receiver { verifier: receiver.verifier.clone().no_freshness(), keys: receiver.keys.clone() };
    let late = UnixTime::from_secs(NOW.as_secs() + 1_000_000);
    assert!(open_ended.check_at(late, &short, BODY).is_ok());
}

#[test]
fn what_is_missing_or_repeated_is_said_by_its_header() {
    for name in ["Signature", "Signature-Input", "Content-Digest"] {
        let mut lines = good();
        let line = lines.iter().find(|(known, _)| known == name).unwrap().clone();
        lines.push(line);
        assert_eq!(why(&Receiver::usual(), &lines), (Reason::RepeatedHeader, name.to_ascii_lowercase()));
        lines.retain(|(known, _)| known != name);
        assert_eq!(why(&Receiver::usual(), &lines), (Reason::MissingHeader, name.to_ascii_lowercase()));
        let empty = with(good(), name, " ");
        assert_eq!(Receiver::usual().reason(&empty), Err(Reason::MalformedHeader));
    }
    let mut covered = COVERED.to_vec();
    covered.push(("\"x-more\"", ""));
    let input = "(\"content-digest\" \"@method\" \"@target-uri\" \"x-more\");created=1618884473";
    let lines = request(&signed_by_hand("s", input, &covered, SECRET), &[]);
    assert_eq!(Receiver::usual().reason(&lines), Err(Reason::MissingHeader));
}

#[test]
fn a_body_is_bound_by_its_digest_and_a_digest_by_the_signature() {
    let receiver = Receiver::usual();
    let other = receiver.check_at(NOW, &good(), "{\"hello\": \"moon\"}").unwrap_err();
    assert_eq!(other.kind(), Reason::BodyHashMismatch);
    let of_other = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
    assert_eq!(receiver.reason(&with(good(), "content-digest", of_other)), Err(Reason::InvalidSignature));
}

#[test]
fn another_secret_or_another_method_does_not_fit() {
    let input = "(\"content-digest\" \"@method\" \"@target-uri\");created=1618884473";
    let lines = request(&signed_by_hand("s", input, &COVERED, OTHER), &[]);
    assert_eq!(Receiver::usual().reason(&lines), Err(Reason::InvalidSignature));
    let mut covered = COVERED.to_vec();
    covered[1] = ("\"@method\"", "PUT");
    let lines = request(&signed_by_hand("s", input, &covered, SECRET), &[]);
    assert_eq!(Receiver::usual().reason(&lines), Err(Reason::InvalidSignature));
}

#[test]
fn a_covered_header_cannot_smuggle_a_line() {
    let mut covered = COVERED.to_vec();
    covered.push(("\"x-more\"", "1\n\"x-else\": 2"));
    let input = "(\"content-digest\" \"@method\" \"@target-uri\" \"x-more\");created=1618884473";
    let signed = signed_by_hand("s", input, &covered, SECRET);
    for value in ["1\n\"x-else\": 2", "1\r\n\"x-else\": 2", "\u{e4}", "\u{7f}"] {
        let lines = request(&signed, &[("x-more", value)]);
        assert_eq!(Receiver::usual().reason(&lines), Err(Reason::MalformedHeader), "{value:?}");
    }
}

#[test]
fn papers_are_judged_before_a_byte_of_the_body() {
    let receiver = Receiver::usual();
    let judge = |lines: &Lines| {
        let head = crate::Head::new("POST", "/", lines).with_url(super::URL);
        receiver.verifier.judge_papers(&head, NOW).map_err(|rejection| rejection.kind())
    };
    assert_eq!(judge(&good()), Ok(()));
    assert_eq!(judge(&good_with(";created=1618880000")), Err(Reason::TimestampTooOld));
    assert_eq!(judge(&with(good(), "content-digest", "sha-1=:AAE=:")), Err(Reason::MalformedHeader));
    assert_eq!(judge(&with(good(), "signature", "sig1=:AAE:")), Err(Reason::MalformedHeader));
}

#[test]
fn policies_that_contradict_themselves_do_not_build() {
    let build = |message: MessageScheme| crate::Verifier::new(crate::Scheme::message_signature(message)).is_ok();
    assert!(build(MessageScheme::hmac_sha256().with_required(["X-Upper", "@query-param;name=\"a\""])));
    for component in ["@status", "@query-param", "a;sf", "a b", "", "\"a\"", "a\" \"b"] {
        assert!(!build(MessageScheme::hmac_sha256().with_required([component])), "{component}");
    }
    assert!(!build(MessageScheme::hmac_sha256().add_required_one_of([])));
    for label in ["", "Sig", "a b", "a=", "1"] {
        assert!(!build(MessageScheme::hmac_sha256().label(label)), "{label}");
    }
}
