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

const P384_KEY: &str = "-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEdJ/a4OzKdbJ8ELPKXWWrEbkujzva1pHM
MZJn9cYQF/hgZVR8LWL+FOOLETGrY07RVNalFknOOR+/+xy3lM9i+aA5ylaPhexC
2/kuUFixM24pWqTqHpkp4MFLQznYx+wV
-----END PUBLIC KEY-----";

/// Made with Python's `cryptography`.
const P384_SIGNATURE: &str = "f1214b5b381612eb5dee80cdc9d414e6579c601bda99d05c5fda058fa00e6da751d07cddcc15bfd5bda81cb01c22d25f8733dbdbcfb4fd752051d95078c7988a0f6847fc52ffd4a9b52ad2fdb6cd23edf6e2d2a882b67f0089e5625671d64a9d";

#[test]
fn a_key_of_p384_is_read_from_whatever_people_have_and_is_none_of_p256() {
    let spki = der(P384_KEY.as_bytes());
    let raw = &spki[23..];
    let compressed = [&[2 | (raw[96] & 1)], &raw[1..49]].concat();
    let number = |bytes| URL_SAFE_NO_PAD.encode(bytes);
    let web = |curve: &str, end| {
        format!(r#"{{"kty":"EC","crv":"{curve}","x":"{}","y":"{}"}}"#, number(&raw[1..49]), number(&raw[49..end]))
    };
    let texts = [
        P384_KEY.to_owned(),
        STANDARD.encode(&spki),
        const_hex::encode(raw),
        const_hex::encode(&compressed),
        web("P-384", 97),
    ]
    .map(String::into_bytes);
    let signature = const_hex::decode(P384_SIGNATURE).unwrap();
    all_fit(Algorithm::EcdsaP384Raw, &texts, &signature);
    for algorithm in [Algorithm::EcdsaP256Raw, Algorithm::EcdsaP256Der] {
        assert_eq!(problem(algorithm, P384_KEY), "is a key on another curve than P-256");
    }
    let p256 = problem(Algorithm::EcdsaP384Raw, key_file!("p256.public.pem"));
    assert_eq!(p256, "is a key on another curve than P-384");
    assert_eq!(problem(Algorithm::EcdsaP384Raw, web("P-384", 96)), "has coordinates that are not 48 bytes long");
    let shape = "is not a point of P-384: 49 bytes that begin with 2 or 3, or 97 that begin with 4";
    assert_eq!(problem(Algorithm::EcdsaP384Raw, "04".repeat(65)), shape);
    assert_eq!(problem(Algorithm::EcdsaP384Raw, "04".repeat(97)), "is not a point of P-384");
    assert_eq!(problem(Algorithm::EcdsaP384Raw, key_file!("rsa.public.pem")), "is not a P-384 key");
}

#[cfg(feature = "sign")]
#[test]
fn what_is_signed_with_a_key_of_p384_fits() {
    let pkcs8 = "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAAAAAAAAAAAAHSw7Sllod4aVCv8L7hzdLcw+u0+qUJlhiHKXema1XER9M44inxGqChZANiAAR0n9rg7Mp1snwQs8pdZasRuS6PO9rWkcwxkmf1xhAX+GBlVHwtYv4U44sRMatjTtFU1qUWSc45H7/7HLeUz2L5oDnKVo+F7ELb+S5QWLEzbilapOoemSngwUtDOdjH7BU=";
    let key = PublicKey::parse(Algorithm::EcdsaP384Raw, P384_KEY.as_bytes()).unwrap();
    let scalar = "000000000000000001d2c3b4a59687786950aff0bee1cdd2dcc3ebb4faa5099618872977a66b55c447d338e229f11aa0";
    for text in [pkcs8, scalar] {
        let signature = sign(Algorithm::EcdsaP384Raw, text.as_bytes(), b"hello").unwrap();
        assert!(key.verify(b"hello", &signature));
    }
    assert!(sign(Algorithm::EcdsaP384Raw, "00".repeat(48).as_bytes(), b"").is_err());
}
