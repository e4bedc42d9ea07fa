//! Any bytes as the headers of a message signature, and as a compressed body: refused, never a panic, never a proof.
#![no_main]

use bytes::Bytes;
use hookporter_core::message_signature::{ContentDigest, MessageScheme};
use hookporter_core::{Gzip, Head, Header, Keyring, Scheme, Secret, UnixTime, Verifier};
use libfuzzer_sys::fuzz_target;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

fuzz_target!(|input: (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, String)| {
    let (stated, signature, digest, body, query) = input;
    let headers: Vec<(String, Vec<u8>)> = vec![
        ("signature-input".into(), stated),
        ("signature".into(), signature),
        ("content-digest".into(), digest),
        ("content-encoding".into(), b"identity".to_vec()),
    ];
    let url = format!("https://a.example/hook?{query}");
    let head = Head::new("POST", "/hook", &headers).with_url(&url);
    let message = MessageScheme::hmac_sha256().with_required(["@method"]);
    judge(Scheme::message_signature(message), &head, &body);
    if let Ok(digest) = ContentDigest::read(&head) {
        let _ = digest.judge(&body);
    }

    let headers = vec![("x-signature", "00"), ("content-encoding", "gzip")];
    let head = Head::new("POST", "/hook", &headers);
    let scheme = Scheme::hmac_sha256().signature(Header::new("x-signature").hex());
    judge(scheme.gzip(Gzip::SignedPlain), &head, &body);
});

fn judge(scheme: Scheme, head: &Head<'_>, body: &[u8]) {
    let verifier = Verifier::new(scheme).unwrap();
    let keys = verifier.prepare(&Keyring::from(Secret::new("a key of at least thirty-two bytes"))).unwrap();
    let Ok(mut check) = verifier.begin(head, &keys, NOW) else { return };
    for chunk in body.chunks(100) {
        if check.push(Bytes::copy_from_slice(chunk)).is_err() {
            return;
        }
    }
    assert!(check.finish().is_err(), "a signature was forged");
}
