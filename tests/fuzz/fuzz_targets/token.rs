//! Any bytes as a token: refused, never a panic, never accepted without the key.
#![no_main]

use bytes::Bytes;
use hookporter_core::{Head, Keyring, Provider, Secret, UnixTime};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<u8>, bool)| {
    let (token, wrapped) = input;
    let verifier = Provider::by_id("shipmondo").unwrap().verifier().unwrap();
    let keys = verifier.prepare(&Keyring::from(Secret::new("a key of at least thirty-two bytes"))).unwrap();
    let none: Vec<(String, String)> = Vec::new();
    let head = Head::new("POST", "/", &none);
    let body = if wrapped { [b"{\"data\":\"", token.as_slice(), b"\"}"].concat() } else { token };
    let mut check = verifier.begin(&head, &keys, UnixTime::from_secs(1_700_000_000)).unwrap();
    if check.push(Bytes::from(body)).is_ok() {
        assert!(check.finish().is_err(), "a token was forged");
    }
});
