use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::scheme::{SignedBytes, SignedInput, SignedMessage};
use crate::{
    Algorithm, ConfigError, Coverage, Delivery, Encoding, Head, Header, KeyRule, Keyring, Reason, Rejection, Scheme,
    Secret, TimeUnit, Tolerance, UnixTime, Verifier,
};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

fn mac(key: &str, message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    const_hex::encode(mac.finalize().into_bytes())
}

/// A sender whose body is lines of `message=signature,signature`.
fn lines(input: &SignedInput<'_>) -> Result<SignedBytes, Rejection> {
    let text = std::str::from_utf8(input.body).unwrap();
    text.lines().try_fold(SignedBytes::new().covering_fields(), |signed, line| {
        let (message, signatures) = line.split_once('=').unwrap();
        let message = message.split('|').fold(SignedMessage::default(), |all, variant| all.or(variant.into()));
        Ok(signed.and(message.signatures(signatures.split(',').map(str::as_bytes), Encoding::Hex)?))
    })
}

fn of_lines() -> Scheme {
    Scheme::hmac_sha256().proof_found_by(lines).key_rule(KeyRule::text(1, "any"))
}

fn judge_with(verifier: &Verifier, keys: impl Into<Keyring>, body: &str) -> Result<Delivery, Rejection> {
    let keys = verifier.prepare(&keys.into()).unwrap();
    let none: Vec<(&str, &str)> = Vec::new();
    let mut check = verifier.begin(&Head::new("POST", "/hook", &none), &keys, NOW)?;
    check.push(Bytes::copy_from_slice(body.as_bytes()))?;
    check.finish().map_err(|refused| refused.into_rejection())
}

fn judge(scheme: Scheme, keys: impl Into<Keyring>, body: &str) -> Result<Delivery, Rejection> {
    judge_with(&Verifier::new(scheme).unwrap(), keys, body)
}

fn keys() -> [Secret; 2] {
    [Secret::new("one").named("1"), Secret::new("two").named("2")]
}

#[test]
fn every_message_must_hold_and_any_live_key_will_do() {
    let line = |message: &str, key: &str| format!("{message}={}", mac(key, message));
    let outcome = |lines: &[String]| {
        let delivery = judge(of_lines(), keys(), &lines.join("\n"));
        delivery.map(|delivery| delivery.key_id().as_str().to_owned()).map_err(|rejection| rejection.kind())
    };
    assert_eq!(outcome(&[line("a", "one")]), Ok("1".to_owned()));
    assert_eq!(outcome(&[line("a", "two"), line("b", "two")]), Ok("2".to_owned()));
    // Of one batch, part before and part after a rotation: the first item's key is what is noted.
    assert_eq!(outcome(&[line("a", "two"), line("b", "one"), line("c", "two")]), Ok("2".to_owned()));
    let wrong = Err(Reason::InvalidSignature);
    for at in 0..3 {
        let mut batch = [line("a", "one"), line("b", "one"), line("c", "one")];
        batch[at] = line("x", "another");
        assert_eq!(outcome(&batch), wrong, "item {at}");
        batch[at] = format!("x={}", mac("one", "y"));
        assert_eq!(outcome(&batch), wrong, "item {at}");
    }
    // A signature counts for its own message only.
    let swapped = [format!("a={}", mac("one", "b")), format!("b={}", mac("one", "a"))];
    assert_eq!(outcome(&swapped), wrong);
}

#[test]
fn an_expired_key_proves_no_item() {
    let expired = [Secret::new("one").named("1").expires_at(NOW), Secret::new("two").named("2")];
    let body = format!("a={}\nb={}", mac("two", "a"), mac("one", "b"));
    assert_eq!(judge(of_lines(), expired, &body).map_err(|r| r.kind()).unwrap_err(), Reason::InvalidSignature);
}

#[test]
fn one_variant_and_one_signature_suffice_and_the_garbled_do_not_spoil_them() {
    let good = mac("one", "b");
    for body in [format!("a|b={good}"), format!("b=zz,{},{good}", mac("x", "b")), format!("b|a={good},00")] {
        assert!(judge(of_lines(), keys(), &body).is_ok(), "{body}");
    }
    for body in ["b=zz".to_owned(), "b=".to_owned(), format!("b={}{good}", "00,".repeat(64))] {
        assert_eq!(
            judge(of_lines(), keys(), &body).map_err(|r| r.kind()).unwrap_err(),
            Reason::MalformedBody,
            "{body}"
        );
    }
}

#[test]
fn a_digest_is_that_of_the_variant_that_fits() {
    let digest = |body: String| judge(of_lines(), keys(), &body).unwrap().fingerprint().to_vec();
    let signature = mac("one", "b");
    let plain = digest(format!("b={signature}"));
    for spelled in [format!("b|a={signature}"), format!("a|b={signature}"), format!("a|c|b={signature}")] {
        assert_eq!(digest(spelled.clone()), plain, "{spelled}");
    }
    assert_ne!(digest(format!("a|b={}", mac("one", "a"))), plain);
}

#[test]
fn nothing_signed_is_nothing_proven_and_a_batch_has_an_end() {
    let malformed = |body: &str| judge(of_lines(), keys(), body).map_err(|r| r.kind()).unwrap_err();
    assert_eq!(malformed(""), Reason::MalformedBody);
    let line = format!("a={}\n", mac("one", "a"));
    assert!(judge(of_lines(), keys(), &line.repeat(1024)).is_ok());
    assert_eq!(malformed(&line.repeat(1025)), Reason::MalformedBody);
    // A message that brings no signature has none: no header carries one for it.
    let bare = Scheme::hmac_sha256().proof_found_by(|_| Ok(SignedBytes::new().or(b"a".to_vec())));
    let outcome = judge(bare.key_rule(KeyRule::text(1, "any")), keys(), "a").map_err(|r| r.kind());
    assert_eq!(outcome.unwrap_err(), Reason::InvalidSignature);
}

#[test]
fn a_key_that_is_bound_to_an_origin_fits_no_other() {
    let scheme = || {
        let rule = KeyRule::text(1, "any").compound("key", &["topics"]);
        let found = |input: &SignedInput<'_>| {
            let text = std::str::from_utf8(input.body).unwrap();
            text.lines().try_fold(SignedBytes::new(), |signed, line| {
                let (message, signature) = line.split_once('=').unwrap();
                let message = SignedMessage::new(message.into()).bound_to("topics", message.to_owned());
                Ok(signed.and(message.signatures([signature.as_bytes()], Encoding::Hex)?))
            })
        };
        Scheme::hmac_sha256().proof_found_by(found).key_rule(rule)
    };
    let key = |topics: &str, id: &str| Secret::new("one").with_part("topics", topics).named(id);
    let line = |message: &str, key: &str| format!("{message}={}", mac(key, message));
    let outcome = |lines: &[String]| {
        let delivery = judge(scheme(), [key("a, b", "1"), key("c", "2")], &lines.join("\n"));
        delivery.map(|delivery| delivery.key_id().as_str().to_owned()).map_err(|rejection| rejection.kind())
    };
    assert_eq!(outcome(&[line("b", "one")]), Ok("1".to_owned()));
    assert_eq!(outcome(&[line("c", "one"), line("a", "one")]), Ok("2".to_owned()));
    assert_eq!(outcome(&[line("d", "one")]), Err(Reason::ClaimMismatch));
    assert_eq!(outcome(&[line("a", "one"), line("d", "one")]), Err(Reason::ClaimMismatch));
    assert_eq!(outcome(&[line("a", "two")]), Err(Reason::InvalidSignature));
    assert_eq!(outcome(&[line("d", "one"), line("a", "two")]), Err(Reason::InvalidSignature));
}

#[test]
fn a_shared_secret_is_for_the_algorithm_of_the_scheme() {
    let scheme = |named: Option<Algorithm>| {
        Scheme::hmac_sha256().key_rule(KeyRule::text(1, "any")).proof_found_by(move |input| {
            let message = SignedMessage::new(b"a".to_vec()).signatures([input.body], Encoding::Hex)?;
            Ok(SignedBytes::new().and(match named {
                Some(named) => message.with_algorithm(named),
                None => message,
            }))
        })
    };
    let outcome = |named| judge(scheme(named), keys(), &mac("one", "a")).map(|_| ()).map_err(|r| r.kind());
    assert_eq!(outcome(None), Ok(()));
    for named in [Algorithm::HmacSha256, Algorithm::HmacSha1] {
        assert_eq!(outcome(Some(named)), Err(Reason::InvalidSignature));
    }
}

#[test]
fn the_fingerprint_is_of_all_messages_and_their_bounds() {
    let of = |messages: &[&str]| {
        let lines: Vec<_> = messages.iter().map(|message| format!("{message}={}", mac("one", message))).collect();
        judge(of_lines(), keys(), &lines.join("\n")).unwrap().fingerprint().to_vec()
    };
    assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
    for other in [&["a", "bc"][..], &["c", "ab"], &["abc"], &["ab", "d"], &["ab", "c", "c"]] {
        assert_ne!(of(&["ab", "c"]), of(other), "{other:?}");
    }
}

#[test]
fn a_static_token_in_the_body_proves_origin_and_no_more() {
    let scheme = || {
        Scheme::static_token_found_by(|input| {
            let tokens = input.body.split(|byte| *byte == b',');
            tokens.take(3).try_fold(SignedBytes::new(), |all, token| Ok(all.and(SignedMessage::token(token)?)))
        })
        .key_rule(KeyRule::text(1, "any"))
    };
    let judge = |body: &str| judge(scheme(), keys(), body);
    let delivery = judge("one,two,one,unread").unwrap();
    assert_eq!((delivery.coverage(), delivery.key_id().as_str()), (Coverage::Origin, "1"));
    assert_ne!(delivery.fingerprint(), judge("one,two,one,other").unwrap().fingerprint());
    for body in ["one,twox", "on", "onee", "one,three,one", "ONE"] {
        assert_eq!(judge(body).map_err(|r| r.kind()).unwrap_err(), Reason::InvalidSignature, "{body}");
    }
    assert_eq!(judge("one,,two").map_err(|r| r.kind()).unwrap_err(), Reason::MalformedBody);
}

/// A sender whose body is `time=signature`, or `-` instead of the time.
fn timed() -> Scheme {
    let found = |input: &SignedInput<'_>| {
        let signed = lines(input)?;
        let time = input.body.split(|byte| *byte == b'=').next().unwrap().to_vec();
        Ok(if time == b"-" { signed } else { signed.sent(time) })
    };
    Scheme::hmac_sha256().proof_found_by(found).body_timestamp(TimeUnit::Seconds).key_rule(KeyRule::text(1, "any"))
}

#[test]
fn a_timestamp_in_the_body_is_judged_once_the_proof_holds() {
    let verifier = Verifier::new(timed()).unwrap().with_tolerance(Tolerance::of_secs(300, 60));
    assert!(verifier.tolerance().is_some());
    let judge = |time: &str, key: &str| judge_with(&verifier, keys(), &format!("{time}={}", mac(key, time)));
    let outcome = |time: &str| judge(time, "one").map(|_| ()).map_err(|r| r.kind());
    assert_eq!(judge("1700000000", "one").unwrap().sent_at(), Some(NOW));
    for (time, expected) in [
        ("1699999700", Ok(())),
        ("1699999699", Err(Reason::TimestampTooOld)),
        ("1700000060", Ok(())),
        ("1700000061", Err(Reason::TimestampTooNew)),
        ("9999999999", Err(Reason::TimestampTooNew)),
        ("1700000000000", Err(Reason::MalformedTimestamp)),
        ("99999999999999999999", Err(Reason::MalformedTimestamp)),
        ("", Err(Reason::MalformedTimestamp)),
        ("-", Err(Reason::MalformedTimestamp)),
    ] {
        assert_eq!(outcome(time), expected, "{time}");
    }
    // Whoever cannot sign learns nothing about the clock.
    assert_eq!(judge("1", "another").map_err(|r| r.kind()).unwrap_err(), Reason::InvalidSignature);
    let endless = verifier.clone().no_freshness();
    let old = format!("1000000000={}", mac("one", "1000000000"));
    assert_eq!(judge_with(&endless, keys(), &old).unwrap().sent_at(), Some(UnixTime::from_secs(1_000_000_000)));
}

#[test]
fn a_payload_is_decoded_after_the_proof() {
    let outcome = |taken: &'static str, key: &str| {
        let scheme = of_lines().proof_found_by(move |input| {
            let decode = |taken| const_hex::decode(taken).ok();
            Ok(lines(input)?.covering_payload().payload(taken.into(), decode))
        });
        let delivery = judge(scheme, keys(), &format!("a={}", mac(key, "a"))).map_err(|r| r.kind())?;
        assert_eq!(delivery.coverage(), Coverage::Payload);
        Ok(delivery.payload().to_vec())
    };
    assert_eq!(outcome("6162", "one"), Ok(b"ab".to_vec()));
    assert_eq!(outcome("616", "one"), Err(Reason::MalformedBody));
    assert_eq!(outcome("616", "another"), Err(Reason::InvalidSignature));
}

#[test]
fn a_scheme_has_a_signature_header_or_a_function_that_finds_the_proof_and_not_both() {
    let problem = |scheme: Scheme| match Verifier::new(scheme) {
        Err(ConfigError::Scheme { problem }) => problem,
        other => panic!("{other:?}"),
    };
    let header = || Header::new("x-sig").hex();
    let nothing = |_: &SignedInput<'_>| Ok(SignedBytes::new());
    assert!(problem(Scheme::hmac_sha256()).contains(".signature("));
    assert!(problem(Scheme::hmac_sha256().signed_by(nothing)).contains(".signature("));
    assert!(problem(of_lines().signature(header())).contains("no header carries one"));
    let of_header = Scheme::hmac_sha256().signed_by(nothing).signature(header());
    assert!(problem(of_header.body_timestamp(TimeUnit::Seconds)).contains("found in the body"));
    assert!(
        problem(Scheme::hmac_sha256().signature(header()).body_timestamp(TimeUnit::Seconds)).contains("in the body")
    );
}
