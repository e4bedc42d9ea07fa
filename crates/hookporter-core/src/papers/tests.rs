//! Lists without names, several sets, headers that repeat, and headers that name a key.

use bytes::Bytes;

use crate::{
    ConfigError, Delivery, Head, Header, KeyRule, Reason, Rejection, Scheme, Secret, Signable, UnixTime, Verifier,
};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const SECRET: &str = "a secret of the tests";
const OTHER: &str = "another secret of the tests";
const BODY: &str = r#"{"id":"evt_1"}"#;

type Lines = Vec<(String, String)>;

fn verifier(scheme: Scheme) -> Verifier {
    Verifier::new(scheme).unwrap()
}

/// The proof headers of the body, signed at a moment.
fn signed(verifier: &Verifier, secrets: &[&str], moment: UnixTime) -> Lines {
    let none: Lines = Vec::new();
    let secrets: Vec<_> = secrets.iter().map(|text| Secret::weak(*text)).collect();
    let request = Signable::new(Head::new("POST", "/", &none), Bytes::from_static(BODY.as_bytes()), moment, "id");
    verifier.sign(&secrets, &request).unwrap().headers
}

fn check(verifier: &Verifier, secret: &str, headers: &Lines) -> Result<Delivery, Rejection> {
    let keys = verifier.prepare(&Secret::weak(secret).into()).unwrap();
    let head = Head::new("POST", "/", headers);
    let mut check = verifier.begin(&head, &keys, NOW)?;
    let (first, second) = BODY.split_at(BODY.len() / 2);
    check.push(Bytes::from_static(first.as_bytes()))?;
    check.push(Bytes::from_static(second.as_bytes()))?;
    check.finish().map_err(crate::Refused::into_rejection)
}

/// Why header lines of one name are refused.
fn judge(verifier: &Verifier, name: &str, values: &[&str]) -> Option<Reason> {
    let lines = values.iter().map(|value| (name.to_owned(), (*value).to_owned())).collect();
    check(verifier, SECRET, &lines).err().map(|rejection| rejection.kind())
}

fn dated(header: Header, time: Header) -> Scheme {
    Scheme::hmac_sha256().signed("{timestamp}.{body}").signature(header.hex()).timestamp(time.unix_seconds())
}

#[test]
fn a_bare_list_is_a_timestamp_and_signatures() {
    let list = || Header::new("x-sig").bare_list(',');
    let verifier = verifier(dated(list(), list()));
    let value = signed(&verifier, &[OTHER, SECRET], NOW).remove(0).1;
    let [time, bad, good] = value.split(',').collect::<Vec<_>>()[..] else { panic!("{value}") };
    assert_eq!(time, "1700000000");
    let judge = |value: &str| judge(&verifier, "x-sig", &[value]);
    assert_eq!(judge(&value), None);
    assert_eq!(judge(&format!("{time},{good}")), None);
    // One that is garbled does not spoil the good one.
    assert_eq!(judge(&format!("{time},de1ec7ab1e,no,,{good}")), None);
    assert_eq!(judge(&format!("{time},{bad}")), Some(Reason::InvalidSignature));
    assert_eq!(judge(&format!("{good},{time}")), Some(Reason::MalformedTimestamp));
    assert_eq!(judge(&format!("{bad},{good}")), Some(Reason::MalformedTimestamp));
    assert_eq!(judge(&format!("{time}, {good}")), Some(Reason::MalformedHeader));
    assert_eq!(judge(time), Some(Reason::MalformedHeader));
    assert_eq!(judge(&format!("1699999699,{good}")), Some(Reason::TimestampTooOld));
    assert_eq!(judge(&format!("1699999999,{good}")), Some(Reason::InvalidSignature));
    assert_eq!(judge(&format!("{time}{}", format!(",{good}").repeat(17))), Some(Reason::MalformedHeader));
}

#[test]
fn a_blank_after_a_comma_counts_only_where_the_scheme_says_so() {
    let list = |blanks: bool, item: &str| {
        let list = Header::new("x-sig").list(',').item(item);
        if blanks { list.blanks() } else { list }
    };
    let strict = verifier(dated(list(false, "v1"), list(false, "t")));
    let lenient = verifier(dated(list(true, "v1"), list(true, "t")));
    let value = signed(&lenient, &[SECRET], NOW).remove(0).1;
    assert!(value.starts_with("t=1700000000, v1="), "{value}");
    assert_eq!(judge(&lenient, "x-sig", &[&value]), None);
    assert_eq!(judge(&lenient, "x-sig", &[&value.replace(", ", ",")]), None);
    assert_eq!(judge(&lenient, "x-sig", &[&value.replace("v1=", "v1= ")]), Some(Reason::MalformedHeader));
    assert_eq!(judge(&strict, "x-sig", &[&value]), Some(Reason::MalformedHeader));
}

#[test]
fn a_header_that_may_repeat_offers_every_value() {
    let header = || Header::new("x-sig").repeatable().bare_list(',').blanks().optional_prefix("sha256=");
    let verifier = verifier(Scheme::hmac_sha256().signature(header().hex()));
    let value = signed(&verifier, &[SECRET, OTHER], NOW).remove(0).1;
    let (good, bad) = value.split_once(", ").unwrap();
    assert!(good.starts_with("sha256="));
    let judge = |values: &[&str]| judge(&verifier, "x-sig", values);
    for values in [&[good][..], &[bad, good], &[good, bad], &[good, "no"], &["no", good], &["", good], &[&value]] {
        assert_eq!(judge(values), None, "{values:?}");
    }
    assert_eq!(judge(&[good.trim_start_matches("sha256=")]), None);
    assert_eq!(judge(&[bad, bad]), Some(Reason::InvalidSignature));
    assert_eq!(judge(&["no", "sha1=00"]), Some(Reason::MalformedHeader));
    assert_eq!(judge(&[]), Some(Reason::MissingHeader));
    assert_eq!(judge(&[good; 16]), None);
    assert_eq!(judge(&[good; 17]), Some(Reason::MalformedHeader));
    let many = vec![good; 16].join(",");
    assert_eq!(judge(&[&many, good]), Some(Reason::MalformedHeader));
}

#[test]
fn each_set_of_signatures_counts_with_its_own_timestamp() {
    let list = |item: &str| Header::new("x-sig").list(',').sets(' ').item(item);
    let verifier = verifier(dated(list("v1"), list("t")));
    let at = |seconds| signed(&verifier, &[SECRET], UnixTime::from_secs(seconds)).remove(0).1;
    let by_other = |seconds| signed(&verifier, &[OTHER], UnixTime::from_secs(seconds)).remove(0).1;
    let (now, earlier, stale) = (at(1_700_000_000), at(1_699_999_990), at(1_699_999_699));
    let judge = |sets: &[&str]| judge(&verifier, "x-sig", &[&sets.join(" ")]);
    let other = by_other(1_700_000_000);
    for sets in [&[&*now][..], &[&other, &earlier], &[&earlier, &other], &[&stale, &now], &["t=1,v1=no", "", &now]] {
        assert_eq!(judge(sets), None, "{sets:?}");
    }
    let fitting = vec![("x-sig".to_owned(), format!("{other} {earlier}"))];
    let delivery = check(&verifier, SECRET, &fitting).unwrap();
    assert_eq!(delivery.sent_at(), Some(UnixTime::from_secs(1_699_999_990)));
    let crossed = [now.replace("t=1700000000", "t=1699999990"), earlier.replace("t=1699999990", "t=1700000000")];
    assert_eq!(judge(&[&crossed[0], &crossed[1]]), Some(Reason::InvalidSignature));
    // What was captured long ago is not made fresh by a set that anybody can write beside it.
    assert_eq!(judge(&[&stale, &other]), Some(Reason::InvalidSignature));
    assert_eq!(judge(&[&other, &stale]), Some(Reason::InvalidSignature));
    assert_eq!(judge(&[&stale, &stale]), Some(Reason::TimestampTooOld));
    assert_eq!(judge(&[&now, &now, &now, &now]), None);
    assert_eq!(judge(&[&now, &now, &now, &now, &now]), Some(Reason::MalformedHeader));
    assert_eq!(judge(&["v1=00", "t=1700000000"]), Some(Reason::MalformedHeader));
}

#[test]
fn a_key_fits_only_where_the_request_names_it() {
    let rule = KeyRule::text(8, "a key and a secret").compound("secret", &["key"]);
    let scheme = Scheme::hmac_sha256().signature(Header::new("x-sig").hex()).key_header("X-Key", "key").key_rule(rule);
    let verifier = verifier(scheme);
    let key = r#"{"key":"k1","secret":"a secret of the tests"}"#;
    let headers = signed(&verifier, &[key], NOW);
    assert_eq!(headers[0], ("x-key".to_owned(), "k1".to_owned()));
    let judge = |lines: &Lines| check(&verifier, key, lines).err().map(|rejection| rejection.kind());
    assert_eq!(judge(&headers), None);
    let with = |values: &[&str]| {
        let mut lines = vec![headers[1].clone()];
        lines.extend(values.iter().map(|value| ("x-key".to_owned(), (*value).to_owned())));
        lines
    };
    assert_eq!(judge(&with(&["k2"])), Some(Reason::InvalidSignature));
    assert_eq!(judge(&with(&["k1 "])), Some(Reason::InvalidSignature));
    assert_eq!(judge(&with(&[])), Some(Reason::MissingHeader));
    assert_eq!(judge(&with(&["k1", "k1"])), Some(Reason::RepeatedHeader));
}

#[test]
fn lists_that_contradict_themselves_do_not_build() {
    let named = || Header::new("x-sig").list(',').item("v1");
    let time = || Header::new("x-sig").list(',').item("t");
    let schemes = [
        ("have no names", Scheme::hmac_sha256().signature(Header::new("x").bare_list(',').item("v1").hex())),
        ("different ASCII", Scheme::hmac_sha256().signature(named().sets(',').hex())),
        ("different ASCII", Scheme::hmac_sha256().signature(named().pair(',').hex())),
        ("no list of names", Scheme::hmac_sha256().signature(named().repeatable().hex())),
        ("one name", Scheme::hmac_sha256().signature(Header::new("x-sig").repeatable().hex()).or_prefix("x-", "y-")),
        ("no timestamp in it", {
            let list = || Header::new("x").repeatable().bare_list(',');
            dated(list(), list())
        }),
        ("has a timestamp in it", Scheme::hmac_sha256().signature(named().sets(' ').hex())),
        ("has one name", dated(named().sets(' '), time()).or_prefix("x-", "y-")),
        ("does not ask for", Scheme::hmac_sha256().signature(named().hex()).key_header("x-key", "key")),
    ];
    for (problem, scheme) in schemes {
        let error = Verifier::new(scheme).unwrap_err();
        assert!(
            matches!(&error, ConfigError::Scheme { problem: text } if text.contains(problem)),
            "{problem}: {error}"
        );
    }
}
