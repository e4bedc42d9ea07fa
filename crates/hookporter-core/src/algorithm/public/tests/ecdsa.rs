//! Keys and signatures of `ecdsa`.

use super::*;

const SIGNATURE: &str = "3045022100f1acef992fae2714def5b5f958d2dcee8049a5e9f5284a37264ea76551700a1b022068de3d2ba5a403dd9641cd34359ca3d1d6f92493fe01ac8f75bd728cfc7fc821";

fn texts() -> Vec<Vec<u8>> {
    let spki = der(key_file!("p256.public.pem"));
    let raw = &spki[26..];
    let compressed = [&[2 | (raw[64] & 1)], &raw[1..33]].concat();
    let number = |bytes| URL_SAFE_NO_PAD.encode(bytes);
    let web = format!(r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#, number(&raw[1..33]), number(&raw[33..]));
    let mut texts: Vec<_> = [
        const_hex::encode(raw),
        STANDARD.encode(raw),
        const_hex::encode(&compressed),
        STANDARD.encode(&compressed),
        STANDARD.encode(&spki),
        web,
    ]
    .map(String::into_bytes)
    .into();
    texts.extend([key_file!("p256.public.pem"), key_file!("p256.cert.pem")].map(<[u8]>::to_vec));
    texts
}

#[test]
fn a_key_is_read_from_whatever_people_have_and_checks_either_form() {
    let signature = const_hex::decode(SIGNATURE).unwrap();
    all_fit(Algorithm::EcdsaP256Der, &texts(), &signature);
    let raw = [&signature[5..37], &signature[39..]].concat();
    all_fit(Algorithm::EcdsaP256Raw, &texts(), &raw);
    // Neither form is taken for the other.
    let key = PublicKey::parse(Algorithm::EcdsaP256Raw, &texts()[0]).unwrap();
    assert!(!key.verify(b"hello", &signature));
    let key = PublicKey::parse(Algorithm::EcdsaP256Der, &texts()[0]).unwrap();
    assert!(!key.verify(b"hello", &raw));
}

#[test]
fn what_is_no_point_of_the_curve_is_refused() {
    let problem = |text: String| problem(Algorithm::EcdsaP256Der, text);
    let shape = "is not a point of P-256: 33 bytes that begin with 2 or 3, or 65 that begin with 4";
    for text in ["00".to_owned(), "02".repeat(32), "04".repeat(64), "05".repeat(33), "06".repeat(65)] {
        assert_eq!(problem(text.clone()), shape, "{text}");
    }
    assert_eq!(problem("04".repeat(65)), "is not a point of P-256");
    assert_eq!(problem(format!("02{}", "ff".repeat(32))), "is not a point of P-256");
    assert_eq!(problem(String::from_utf8_lossy(key_file!("rsa.public.pem")).into()), "is not a P-256 key");
    let web = |x: &str| format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"AA"}}"#);
    assert_eq!(problem(web("AA")), "has coordinates that are not 32 bytes long");
    assert_eq!(problem(web("AA==")), "holds a number that is not base64url without padding");
}

#[cfg(feature = "sign")]
#[test]
fn what_is_signed_with_any_form_of_the_private_key_fits() {
    let sec1 = der(key_file!("p256.sec1.private.pem"));
    for text in [
        const_hex::encode(&sec1[7..39]),
        STANDARD.encode(&sec1[7..39]),
        STANDARD.encode(&sec1),
        String::from_utf8_lossy(key_file!("p256.private.pem")).into(),
        String::from_utf8_lossy(key_file!("p256.sec1.private.pem")).into(),
    ] {
        for algorithm in [Algorithm::EcdsaP256Der, Algorithm::EcdsaP256Raw] {
            let signature = sign(algorithm, text.as_bytes(), b"hello").unwrap();
            let key = PublicKey::parse(algorithm, key_file!("p256.public.pem")).unwrap();
            assert!(key.verify(b"hello", &signature));
        }
    }
    assert!(sign(Algorithm::EcdsaP256Raw, "00".repeat(32).as_bytes(), b"").is_err());
}
