//! Any bytes as proof headers, of every preset: refused or not, never a panic, and never a proof by accident.
#![no_main]

use bytes::Bytes;
use hookporter_core::{Head, Keyring, Provider, Secret, UnixTime};
use libfuzzer_sys::fuzz_target;

const HEX_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

fuzz_target!(|input: (u8, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>)| {
    let (choice, signature, time, id, body) = input;
    let all = Provider::all();
    let provider = all[usize::from(choice) % all.len()];
    let verifier = provider.verifier().unwrap();
    let secret = if verifier.decoy().is_some() {
        Secret::weak("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX")
    } else {
        Secret::weak(HEX_KEY)
    };
    let Ok(keys) = verifier.prepare(&Keyring::from(secret)) else { return };
    let mut headers: Vec<(String, Vec<u8>)> = vec![
        ("x-slack-request-timestamp".into(), time.clone()),
        ("x-signature-timestamp".into(), time.clone()),
        ("webhook-timestamp".into(), time),
        ("webhook-id".into(), id),
    ];
    headers.extend(verifier.proof_header_names().take(1).map(|name| (name.to_owned(), signature.clone())));
    let head = Head::new("POST", "/hook?a=b", &headers).with_url("https://a.example/hook?a=b");
    let Ok(mut check) = verifier.begin(&head, &keys, UnixTime::from_secs(1_700_000_000)) else { return };
    if check.push(Bytes::from(body)).is_ok()
        && let Ok(delivery) = check.finish()
    {
        // The one proof that is no MAC is the token itself.
        assert_eq!(provider.id(), "hubla", "{} was forged", provider.id());
        let _ = verifier.read_labels(&delivery, &head);
    }
});
