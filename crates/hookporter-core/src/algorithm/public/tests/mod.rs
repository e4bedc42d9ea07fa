//! Keys in every form that people have, and what is wrong with those that are none.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;

macro_rules! key_file {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/data/keys/", $name)).as_bytes()
    };
}

fn problem(algorithm: Algorithm, text: impl AsRef<[u8]>) -> &'static str {
    PublicKey::parse(algorithm, text.as_ref()).err().unwrap_or("is right")
}

/// The bytes of a PEM file.
fn der(pem: &[u8]) -> Vec<u8> {
    pem::read(pem).unwrap().1.to_vec()
}

/// Checks that every text is the key that made `signature` of `hello`, and that the signature is judged.
fn all_fit(algorithm: Algorithm, texts: &[Vec<u8>], signature: &[u8]) {
    for text in texts {
        let last = signature.len().saturating_sub(1);
        let shown = String::from_utf8_lossy(text);
        let key = PublicKey::parse(algorithm, text).unwrap_or_else(|problem| panic!("{shown} {problem}"));
        assert!(key.verify(b"hello", signature), "{shown}");
        assert!(!key.verify(b"hellp", signature), "{shown}");
        for at in [0, signature.len() / 2, last] {
            let mut wrong = signature.to_vec();
            wrong[at] ^= 1;
            assert!(!key.verify(b"hello", &wrong), "byte {at}");
        }
        for length in [0, 1, last] {
            assert!(!key.verify(b"hello", &signature[..length]), "{length} bytes");
        }
        assert!(!key.verify(b"hello", &[signature, &[0]].concat()));
    }
}

#[test]
fn what_belongs_to_another_kind_of_key_is_said() {
    let algorithms = [
        #[cfg(feature = "ed25519")]
        Algorithm::Ed25519,
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP256Der,
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP256Raw,
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP384Raw,
        #[cfg(feature = "rsa")]
        Algorithm::RsaPkcs1Sha256,
        #[cfg(feature = "rsa")]
        Algorithm::RsaPssSha512,
    ];
    for algorithm in algorithms {
        for text in [
            key_file!("ed25519.private.pem"),
            key_file!("p256.private.pem"),
            key_file!("p256.sec1.private.pem"),
            key_file!("rsa.private.pem"),
            key_file!("rsa.pkcs1.private.pem"),
        ] {
            assert_eq!(problem(algorithm, text), PRIVATE);
            assert_eq!(problem(algorithm, STANDARD.encode(der(text))), PRIVATE);
        }
        assert_eq!(problem(algorithm, "whsk_AAAA"), PRIVATE);
        assert_eq!(problem(algorithm, r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}"#), PRIVATE);
        assert_eq!(problem(algorithm, r#"{"kty":"oct","k":"AA"}"#), "is a shared secret, not a public key");
        assert_eq!(problem(algorithm, r#"{"kty":"EC","kty":"EC"}"#), "is no JSON web key");
        assert_eq!(problem(algorithm, r#"{"keys":[]}"#), "is no JSON web key");
        let other_curve = match algorithm {
            #[cfg(feature = "ecdsa")]
            Algorithm::EcdsaP384Raw => "is right",
            #[cfg(feature = "ecdsa")]
            Algorithm::EcdsaP256Der | Algorithm::EcdsaP256Raw => "is a key on another curve than P-256",
            #[cfg(feature = "ed25519")]
            Algorithm::Ed25519 => "is not an Ed25519 key",
            _ => "is not an RSA key (PEM or a JSON web key)",
        };
        assert_eq!(problem(algorithm, key_file!("p384.public.pem")), other_curve);
        let certificate = String::from_utf8_lossy(key_file!("p256.cert.pem"));
        assert_eq!(problem(algorithm, format!("{certificate}{certificate}")), "holds more than one PEM block");
        assert_eq!(problem(algorithm, certificate.replace("END CERT", "END SERT")), "is not well-formed PEM");
        assert_eq!(problem(algorithm, format!("{certificate}more")), "is not well-formed PEM");
        let request = certificate.replace("CERTIFICATE", "CERTIFICATE REQUEST");
        assert!(problem(algorithm, request).starts_with("is a PEM file of another kind"));
        assert_eq!(problem(algorithm, "?"), "is neither hexadecimal, base64, PEM nor a JSON web key");
    }
}

#[test]
fn no_structure_cut_short_or_lengthened_panics_or_is_a_key() {
    for text in [key_file!("p256.cert.pem"), key_file!("rsa.public.pem"), key_file!("rsa.pkcs1.public.pem")] {
        let bytes = der(text);
        assert!(super::der::public_key(&bytes).is_ok());
        for length in 0..bytes.len() {
            assert!(super::der::public_key(&bytes[..length]).is_err(), "{length} bytes");
        }
        assert!(super::der::public_key(&[bytes.as_slice(), &[0]].concat()).is_err());
    }
}

#[test]
fn a_structure_with_more_in_it_or_with_a_long_length_is_no_key() {
    let element = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
    let read = |bytes: &[u8]| super::der::public_key(bytes);
    let identifier = element(0x30, &[&[6, 3], super::der::ED25519].concat());
    let point = element(3, &[0; 33]);
    let good = [identifier.as_slice(), &point].concat();
    assert_eq!(read(&element(0x30, &good)), Ok(Written::Ed25519(vec![0; 32])));
    for bad in [
        element(0x30, &[good.as_slice(), &[5, 0]].concat()),
        [&[0x30, 0x81, 42], good.as_slice()].concat(),
        [&[0x30, 0x82, 0, 42], good.as_slice()].concat(),
        [&[0x30, 0x80], good.as_slice(), &[0, 0]].concat(),
        element(0x30, &[identifier.as_slice(), &element(3, &[1; 33])].concat()),
    ] {
        assert_eq!(read(&bad), Err("holds no well-formed public key"));
    }
    let numbers = [2, 1, 15, 2, 1, 3];
    assert_eq!(read(&element(0x30, &numbers)), Ok(Written::Rsa { modulus: vec![15], exponent: vec![3] }));
    let more = element(0x30, &[numbers.as_slice(), &[2, 1, 5]].concat());
    assert_eq!(read(&more), Err("holds no well-formed public key"));
}

#[cfg(feature = "ecdsa")]
mod ecdsa;
#[cfg(feature = "ed25519")]
mod ed25519;
#[cfg(feature = "rsa")]
mod rsa;
