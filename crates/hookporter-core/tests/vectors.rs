//! Recorded requests of senders whose proof is a token or a public-key signature, through their presets.

#![cfg(test)]

use bytes::Bytes;
use hookporter_core::{Coverage, Delivery, Head, Provider, Rejection, Secret, UnixTime};
use serde_json::Value;

fn vectors() -> Vec<Value> {
    serde_json::from_str(include_str!("data/vectors.json")).unwrap()
}

fn text<'a>(vector: &'a Value, name: &str) -> Option<&'a str> {
    vector.get(name).and_then(Value::as_str)
}

fn judge(vector: &Value, body: &str) -> Result<Delivery, Rejection> {
    let provider = match text(vector, "scheme") {
        Some(scheme) => format!("{}-{scheme}", text(vector, "provider").unwrap()),
        None => text(vector, "provider").unwrap().to_owned(),
    };
    let verifier = Provider::by_id(&provider).unwrap().verifier().unwrap();
    let keys = verifier.prepare(&Secret::new(text(vector, "secret").unwrap()).into()).unwrap();
    let headers: Vec<(&str, &str)> =
        vector["headers"].as_object().unwrap().iter().map(|(name, value)| (&**name, value.as_str().unwrap())).collect();
    let head = Head::new(text(vector, "method").unwrap(), "/webhook", &headers);
    let now = UnixTime::from_secs(vector["now"].as_i64().unwrap_or(1_700_000_000));
    let mut check = verifier.begin(&head, &keys, now)?;
    check.push(Bytes::copy_from_slice(body.as_bytes()))?;
    check.finish().map_err(|refused| refused.into_rejection())
}

#[test]
fn every_vector_ends_as_it_says() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 9);
    for vector in &vectors {
        let id = text(vector, "id").unwrap();
        let judged = judge(vector, text(vector, "body").unwrap()).map_err(|rejection| rejection.kind().as_str());
        match text(vector, "expect").unwrap() {
            "valid" | "handshake" => assert!(judged.is_ok(), "{id}: {judged:?}"),
            reason => assert_eq!(judged.err(), Some(reason), "{id}"),
        }
    }
}

#[test]
fn what_is_valid_is_not_once_a_byte_of_the_body_differs() {
    for vector in vectors().iter().filter(|vector| text(vector, "expect") == Some("valid")) {
        let body = text(vector, "body").unwrap();
        let changed = body.replacen("eyJhbGciOiJIUzI1NiJ9.e", "eyJhbGciOiJIUzI1NiJ9.f", 1);
        let changed = changed.replacen("IntcIn", "IntcIm", 1).replacen("evt_1", "evt_2", 1);
        assert_ne!(changed, body);
        let judged = judge(vector, &changed).map_err(|rejection| rejection.kind().as_str());
        assert_eq!(judged.err(), Some("invalid-signature"), "{vector}");
    }
}

#[test]
fn a_shipmondo_payload_is_the_same_text_however_often_it_was_encoded() {
    let payload = |id: &str| {
        let vectors = vectors();
        let vector = vectors.iter().find(|vector| text(vector, "id") == Some(id)).unwrap();
        let delivery = judge(vector, text(vector, "body").unwrap()).unwrap();
        assert_eq!(delivery.coverage(), Coverage::Payload);
        serde_json::from_slice::<Value>(delivery.payload()).unwrap()
    };
    let object = payload("shipmondo-object");
    assert_eq!(object["data"]["id"], 119_175);
    assert_eq!(payload("shipmondo-json-string")["data"], object["data"]);
}
