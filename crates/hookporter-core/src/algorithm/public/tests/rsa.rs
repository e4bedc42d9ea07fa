//! Keys and signatures of `rsa`.

use super::*;

const SIGNATURE: &str = "NZXgRUb3dpY7PIdbBIGWFtyzXIXy1CeJ+KdCZWPaSakySUplpgP/fqplg75cTQOP8WK4AlxdKI6bTGTe/pKiKjGyE9JvbEA7H1nRpPhjllHPIo8Su8D9Rsihs1pPAXNKY3A9UkuoxLdc+f7+Y/GZ16Tdzts70n7BGHWDXS9K4TXv9DK4BayBD7ffP57UWvcSZZSMiAeWdIxCtm/L+UJT8LoKWtGmcHIxY/P3q3oDex3cTxo0RxAzY/hCqaOFiFPZZ+hR4kXo/4ZImGw53VWa3tTPmCjMm3e/bA+30cbaJ0LqZrRf1Lc36yskbLjiL4NSBbpUyowCrdvkeQIBarAylA==";

fn modulus() -> Vec<u8> {
    match crate::algorithm::public::der::public_key(&der(key_file!("rsa.public.pem"))) {
        Ok(Written::Rsa { modulus, .. }) => modulus,
        _ => panic!("no RSA key"),
    }
}

fn web_key(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let number = |bytes| URL_SAFE_NO_PAD.encode(bytes);
    format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, number(modulus), number(exponent)).into_bytes()
}

#[test]
fn a_key_is_read_from_whatever_people_have() {
    let mut texts = vec![
        STANDARD.encode(der(key_file!("rsa.public.pem"))).into_bytes(),
        STANDARD.encode(der(key_file!("rsa.pkcs1.public.pem"))).into_bytes(),
        web_key(&modulus(), &[1, 0, 1]),
    ];
    let files = [key_file!("rsa.public.pem"), key_file!("rsa.pkcs1.public.pem"), key_file!("rsa.cert.pem")];
    texts.extend(files.map(<[u8]>::to_vec));
    all_fit(Algorithm::RsaPkcs1Sha256, &texts, &STANDARD.decode(SIGNATURE).unwrap());
}

#[test]
fn a_key_too_short_too_long_or_degenerate_is_refused() {
    let problem = |modulus: &[u8], exponent: &[u8]| {
        problem(Algorithm::RsaPkcs1Sha256, String::from_utf8(web_key(modulus, exponent)).unwrap())
    };
    let modulus = modulus();
    let length = "is not 2048 to 8192 bits long";
    assert_eq!(problem(&modulus[1..], &[3]), length);
    assert_eq!(problem(&[&[0x7f], &modulus[1..]].concat(), &[3]), length);
    assert_eq!(problem(&[&[1], [0xff; 1024].as_slice()].concat(), &[3]), length);
    assert_eq!(super::problem(Algorithm::RsaPkcs1Sha256, key_file!("rsa1024.public.pem")), length);
    assert_eq!(problem(&[&[0], modulus.as_slice()].concat(), &[3]), "holds a number with leading zeros");
    assert_eq!(problem(&modulus, &[0, 3]), "holds a number with leading zeros");
    assert_eq!(problem(&[&modulus[..255], &[2]].concat(), &[3]), "has an even modulus");
    for exponent in [&[1][..], &[2], &[4], &[2, 0, 0, 0, 1], &[1; 9]] {
        let expected = "has an exponent that is not an odd number from 3 to 33 bits";
        assert_eq!(problem(&modulus, exponent), expected, "{exponent:?}");
    }
    assert_eq!(problem(&modulus, &[3]), "is right");
    let raw = super::problem(Algorithm::RsaPkcs1Sha256, "11".repeat(32));
    assert_eq!(raw, "is not an RSA key (PEM or a JSON web key)");
}

#[cfg(feature = "sign")]
#[test]
fn what_is_signed_with_any_form_of_the_private_key_fits() {
    for text in [key_file!("rsa.private.pem"), key_file!("rsa.pkcs1.private.pem")] {
        let signature = sign(Algorithm::RsaPkcs1Sha256, text, b"hello").unwrap();
        assert_eq!(STANDARD.encode(signature), SIGNATURE);
    }
}

/// PSS with SHA-512 and a salt of 64 bytes, and one with a salt of 32; made with Python's `cryptography`.
const PSS_SIGNATURE: &str = "pYPKU/qTbCNHKeM8LlIwRdSNVxKIUCIjx9rlsH6dBu7oxppsEaoP2rEqgrp+dVCk0K2o5l/rNW9LcyaFFivMojqTOPKO3SSrGRB1af0HQVWOu+uA+349eANzR9l8B/4DLJs2L5A8QsN736noSHfh3o0aoKlAzcJRZM20iZ3DbcEqWNpsZ14I+jl7eVGyS8EFOnZtRbqQ+LvKcGydu6/WKDrpfxE8yByz1XWybnSHzO8E20nMGtGKE8+NsmjL5S10WRL8m2c9H+OJlZVnSIkmTfSuhlvXvvYfD5T/RCFzYUuT3Gbhf1B2fNyuCvOUvT6W+fjsgeFRbTaS/KlZVRgKIg==";
const PSS_SHORT_SALT: &str = "EGvmoRzSbEQ6MundvQMqBR3kVYrvzVIchZkZt2TCz8zZCz1NFC4hWaSToooAiX219sNkuBvKDrqcvQfnENTfzC5T3ljD4Atjrjwa51Juu2qKz1vrpx+XsqEF5R4ErPYaVA3VpGG2sHopvBfCWi31Z37cQMqd1Aur4dtEPooTjnWV9k6ilWmOaNkLo8O7WxMF5aAthOcTYX/x7zUrGWnH5jkQ5SAujWlN7cWift0sEHR1cI4FYdhjeKPPGRo58GlOaVNjoHObu8NakSEEDpmVz8UF2x8dd66FtR1sI86gffTpJRXdWWzfo7yfawIkUqvRmsA++dRzcdrLarA7CBfb/A==";

#[test]
fn a_padding_or_a_salt_that_is_another_does_not_fit() {
    let decode = |text: &str| STANDARD.decode(text).unwrap();
    let texts = [key_file!("rsa.public.pem").to_vec(), key_file!("rsa.cert.pem").to_vec()];
    all_fit(Algorithm::RsaPssSha512, &texts, &decode(PSS_SIGNATURE));
    let pss = PublicKey::parse(Algorithm::RsaPssSha512, &texts[0]).unwrap();
    assert!(!pss.verify(b"hello", &decode(PSS_SHORT_SALT)));
    assert!(!pss.verify(b"hello", &decode(SIGNATURE)));
    let pkcs1 = PublicKey::parse(Algorithm::RsaPkcs1Sha256, &texts[0]).unwrap();
    assert!(!pkcs1.verify(b"hello", &decode(PSS_SIGNATURE)));
}

#[cfg(feature = "sign")]
#[test]
fn what_is_signed_with_pss_fits() {
    let signature = sign(Algorithm::RsaPssSha512, key_file!("rsa.private.pem"), b"hello").unwrap();
    let key = PublicKey::parse(Algorithm::RsaPssSha512, key_file!("rsa.public.pem")).unwrap();
    assert!(key.verify(b"hello", &signature));
}
