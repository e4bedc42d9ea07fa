use super::super::ContentDigest;
use crate::{Head, Reason};

fn judge(value: &str, body: &str) -> Result<(), Reason> {
    let headers = vec![("content-digest", value)];
    let digest = ContentDigest::read(&Head::new("POST", "/", &headers)).map_err(|rejection| rejection.kind())?;
    digest.judge(body.as_bytes()).map_err(|rejection| rejection.kind())
}

/// The examples of RFC 9530: this body, and a line feed.
const BODY: &str = "{\"hello\": \"world\"}\n";
const SHA256: &str = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
const SHA512: &str =
    "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";

#[test]
fn the_standards_examples_fit_their_body_and_no_other() {
    for value in [SHA256, SHA512] {
        assert_eq!(judge(value, BODY), Ok(()));
        assert_eq!(judge(value, BODY.trim_end()), Err(Reason::BodyHashMismatch));
    }
}

#[test]
fn every_known_digest_must_fit_and_unknown_ones_are_passed_over() {
    assert_eq!(judge(&format!("{SHA256}, {SHA512}"), BODY), Ok(()));
    assert_eq!(judge(&format!("md5=:AAE=:, {SHA256},unixsum=:AAE=:"), BODY), Ok(()));
    let wrong = "sha-512=:AAAAm51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";
    assert_eq!(judge(&format!("{SHA256}, {wrong}"), BODY), Err(Reason::BodyHashMismatch));
    assert_eq!(judge(&format!("{wrong}, {SHA256}"), BODY), Err(Reason::BodyHashMismatch));
}

#[test]
fn a_header_without_a_known_digest_or_of_another_shape_is_refused() {
    for value in [
        "md5=:AAE=:",
        "sha-256",
        "sha-256=?1",
        "sha-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=",
        "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg:",
        "sha-256=:AAE=:",
        "SHA-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
        "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:;a=1",
    ] {
        assert_eq!(judge(value, BODY), Err(Reason::MalformedHeader), "{value}");
    }
    assert_eq!(judge(&format!("{SHA256}, {SHA256}"), BODY), Err(Reason::MalformedHeader));
    let twice = vec![("content-digest", SHA256), ("Content-Digest", SHA256)];
    let read = |headers: &Vec<(&str, &str)>| ContentDigest::read(&Head::new("POST", "/", headers)).map(|_| ());
    assert_eq!(read(&twice).map_err(|rejection| rejection.kind()), Err(Reason::RepeatedHeader));
    assert_eq!(read(&Vec::new()).map_err(|rejection| rejection.kind()), Err(Reason::MissingHeader));
}
