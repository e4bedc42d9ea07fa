//! Any bytes as proof headers, of every preset: refused or not, never a panic, and never a proof by accident.
#![no_main]

use bytes::Bytes;
use hookporter_core::{Head, Keyring, Provider, Secret, UnixTime};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>)| {
    let (choice, signature, time, id, body) = input;
    let all = Provider::all();
    let provider = all[usize::from(choice) % all.len()];
    let verifier = provider.verifier().unwrap();
    let secret = hookporter_testkit::keys(provider.id()).unwrap().receiver;
    let keys = verifier.prepare(&Keyring::from(Secret::weak(secret))).unwrap();
    let mut headers: Vec<(String, Vec<u8>)> = vec![
        ("x-slack-request-timestamp".into(), time.clone()),
        ("x-signature-timestamp".into(), time.clone()),
        ("webhook-timestamp".into(), time),
        ("webhook-id".into(), id),
    ];
    headers.extend(verifier.proof_header_names().take(1).map(|name| (name.to_owned(), signature.clone())));
    let head = Head::new("POST", "/hook?a=b", &headers).with_url("https://a.example/hook?a=b");
    let Ok(mut check) = verifier.begin(&head, &keys, UnixTime::from_secs(1_700_000_000)) else { return };
    if check.push(Bytes::from(body)).is_ok() && check.finish().is_ok() {
        // The proofs that are no MAC are the secret itself, which the fuzzer may find in the program.
        let said = ["static token", "Basic"].iter().any(|kind| provider.proof().starts_with(kind));
        assert!(said, "{} was forged", provider.id());
    }
});
