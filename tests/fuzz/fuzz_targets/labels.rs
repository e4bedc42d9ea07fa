//! Any bytes as a proven body: labels are read, or are absent; never a panic.
#![no_main]

use bytes::Bytes;
use hookporter_core::{Head, Header, Json, Keyring, Scheme, Secret, Signable, UnixTime, Verifier};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: Vec<u8>| {
    let scheme = Scheme::hmac_sha256()
        .signature(Header::new("x-sig").hex())
        .event_id(Json::pointer("/id"))
        .event_type([Json::pointer("/event/type"), Json::pointer("/0/type")])
        .api_version(Json::pointer("/a/b/c"));
    let verifier = Verifier::new(scheme).unwrap();
    let secret = Secret::new("a secret that is long enough");
    let keys = verifier.prepare(&Keyring::from(secret.clone())).unwrap();
    let none: Vec<(String, String)> = Vec::new();
    let now = UnixTime::from_secs(1_700_000_000);
    let body = Bytes::from(body);
    let signable = Signable::new(Head::new("POST", "/", &none), body.clone(), now, "");
    let headers = verifier.sign(&[secret], &signable).unwrap().headers;
    let head = Head::new("POST", "/", &headers);
    let mut check = verifier.begin(&head, &keys, now).unwrap();
    if check.push(body).is_err() {
        return;
    }
    let delivery = check.finish().unwrap();
    let labels = verifier.read_labels(&delivery, &head);
    // Where a parser finds a short id, and finds it once, so do we.
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(delivery.body()) else { return };
    if let Some(id) = value.get("id").and_then(serde_json::Value::as_str)
        && !labels.ambiguous
        && id.len() <= 255
    {
        assert_eq!(labels.id.as_ref().map(|label| label.as_str()), Some(id));
    }
});
