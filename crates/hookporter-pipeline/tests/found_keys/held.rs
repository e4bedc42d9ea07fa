use std::sync::Arc;

use bytes::Bytes;
use hookporter_core::jwt::TokenScheme;
use hookporter_core::{FrozenClock, Head, Reason, Scheme, Secret, Signable, Verifier};
use hookporter_pipeline::{BodyMemory, Endpoint, Keys, Verdict, receive};

use crate::kit::{Finder, NOW};

const SECRET: &str = "a secret that is long enough";

/// The status of a request whose body is a token that names its key, with this much memory beside its body.
async fn status(beside: usize, payload: &str) -> (u16, usize) {
    let scheme = || Scheme::token(TokenScheme::hs256().in_body("token"));
    let none: Vec<(&str, &str)> = Vec::new();
    let head = Head::new("POST", "/hook", &none);
    let request = Signable::new(head, Bytes::copy_from_slice(payload.as_bytes()), NOW, "");
    let sender = Secret::new(SECRET).named("k1");
    let body = Verifier::new(scheme()).unwrap().sign(&[sender], &request).unwrap().body;
    let memory = BodyMemory::new(body.len().saturating_add(beside));
    let keys = Keys::find(Finder::default().knowing("k1", SECRET));
    let endpoint = Endpoint::custom("acme", scheme(), keys).unwrap().body_memory(memory.clone());
    let endpoint = endpoint.clock(FrozenClock(NOW)).otherwise(|_| async { Ok::<(), std::io::Error>(()) });
    let Verdict::Reply(reply) = receive(&Arc::new(endpoint), &head, None, &mut Some(body)).await else {
        panic!("the endpoint answers itself")
    };
    (reply.status, memory.used())
}

#[tokio::test]
async fn a_payload_that_is_taken_out_of_a_body_that_names_its_key_counts_as_held() {
    let payload = format!(r#"{{"a":"{}"}}"#, "b".repeat(1000));
    assert_eq!(status(payload.len(), &payload).await, (200, 0));
    assert_eq!(status(payload.len().saturating_sub(1), &payload).await, (Reason::BodyMemoryFull.status(), 0));
}
