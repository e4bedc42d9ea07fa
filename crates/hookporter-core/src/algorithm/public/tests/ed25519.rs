//! Keys and signatures of `ed25519`.

use super::*;

const SIGNATURE: &str = "1720dc076d347d8b12e2c91664e513f4e0c915b15ae08f24f5b15f1345428b8c8f1c8344f1b72063a0ab11bbc03c0ba5d245049e1f50a30900f91e4396ef3809";

#[test]
fn a_key_is_read_from_whatever_people_have() {
    let spki = der(key_file!("ed25519.public.pem"));
    let raw = &spki[12..];
    let texts = [
        const_hex::encode(raw),
        const_hex::encode_upper(raw),
        STANDARD.encode(raw),
        STANDARD.encode(raw).replace('=', ""),
        URL_SAFE_NO_PAD.encode(raw),
        const_hex::encode(&spki),
        STANDARD.encode(&spki),
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}","kid":"1"}}"#, URL_SAFE_NO_PAD.encode(raw)),
    ];
    let mut texts: Vec<_> = texts.map(String::into_bytes).into();
    texts.extend([key_file!("ed25519.public.pem"), key_file!("ed25519.cert.pem")].map(<[u8]>::to_vec));
    all_fit(Algorithm::Ed25519, &texts, &const_hex::decode(SIGNATURE).unwrap());
}

#[test]
fn a_key_of_the_wrong_length_or_kind_is_refused() {
    let problem = |text: String| problem(Algorithm::Ed25519, text);
    assert_eq!(problem("11".repeat(31)), "is 31 bytes long, not 32");
    assert_eq!(problem("11".repeat(33)), "is 33 bytes long, not 32");
    assert_eq!(problem("11".repeat(30)), "is not 32 bytes long");
    assert!(problem("11".repeat(64)).starts_with("is 64 bytes long, not 32; "));
    for other in [key_file!("p256.public.pem"), key_file!("rsa.public.pem"), key_file!("rsa.cert.pem")] {
        assert_eq!(problem(String::from_utf8_lossy(other).into()), "is not an Ed25519 key");
    }
    let web = |more: &str| format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"AA"{more}}}"#);
    assert_eq!(problem(web(r#","alg":"ES256""#)), "is made for another algorithm (`alg`)");
    assert_eq!(problem(web(r#","use":"enc""#)), "is not made for checking signatures (`use`, `key_ops`)");
}

#[test]
fn weak_keys_and_second_spellings_are_refused() {
    let small_order = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ];
    for key in small_order {
        let problem = problem(Algorithm::Ed25519, key);
        assert_eq!(problem, "is a weak key (of small order): anybody could sign for it", "{key}");
    }
    let mut second_spellings = 0;
    for above in 0xed..=0xff_u8 {
        for sign in [0x7f, 0xff] {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (above, sign);
            let problem = problem(Algorithm::Ed25519, const_hex::encode(bytes));
            assert_ne!(problem, "is right", "{above}");
            second_spellings += u8::from(problem == "is not the canonical form of its point");
        }
    }
    assert!(second_spellings > 0);
}

#[test]
fn a_signature_whose_point_is_of_small_order_is_refused() {
    // Made with the private key, so that it is refused for nothing else: R is the neutral point, S is k times the key.
    let key = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
    let signature = "0100000000000000000000000000000000000000000000000000000000000000886ae494f275b058711e7af9a674b98a115a93ee84abcc8d0bf3e79ab2cdec02";
    let signature = const_hex::decode(signature).unwrap();
    let lax = ed25519_dalek::VerifyingKey::from_bytes(&const_hex::decode_to_array(key).unwrap()).unwrap();
    let parsed = ed25519_dalek::Signature::from_slice(&signature).unwrap();
    assert!(ed25519_dalek::Verifier::verify(&lax, b"hello", &parsed).is_ok());
    assert!(!PublicKey::parse(Algorithm::Ed25519, key.as_bytes()).unwrap().verify(b"hello", &signature));
}

#[cfg(feature = "sign")]
#[test]
fn what_is_signed_with_any_form_of_the_private_key_fits() {
    let pkcs8 = der(key_file!("ed25519.private.pem"));
    let seed = &pkcs8[16..];
    let public = der(key_file!("ed25519.public.pem"))[12..].to_vec();
    let pair = [seed, &public].concat();
    for text in [
        const_hex::encode(seed),
        STANDARD.encode(seed),
        const_hex::encode(&pair),
        STANDARD.encode(&pkcs8),
        String::from_utf8_lossy(key_file!("ed25519.private.pem")).into(),
    ] {
        let signature = sign(Algorithm::Ed25519, text.as_bytes(), b"hello").unwrap();
        assert_eq!(const_hex::encode(signature), SIGNATURE);
    }
    let mixed = const_hex::encode([seed, seed].concat());
    assert!(sign(Algorithm::Ed25519, mixed.as_bytes(), b"").is_err());
}
