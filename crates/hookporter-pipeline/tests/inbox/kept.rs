//! What the store is given.

use hookporter_core::{Coverage, Header, Json, Keyring, Scheme, Secret};
use hookporter_pipeline::Endpoint;

use crate::kit::{Door, NOW, SECRET, Store, TAKEN, push};

#[tokio::test]
async fn a_record_holds_the_exact_body_and_neither_proof_nor_credential() {
    let store = Store::new();
    let door = Door::new(Endpoint::github(Secret::new(SECRET).named("2026-11")).unwrap().inbox(&store));
    let mut request = push(SECRET, "{\"zen\":\r\n \"ü\"}");
    for (name, value) in [
        ("authorization", "Basic c2VjcmV0"),
        ("cookie", "session=1"),
        ("user-agent", "GitHub-Hookshot/1"),
        ("content-encoding", "identity"),
    ] {
        request = request.with_header(name, value);
    }
    assert_eq!(door.send(&request).await, TAKEN);
    let record = store.record();
    assert_eq!((&*record.body, record.payload.as_ref()), ("{\"zen\":\r\n \"ü\"}".as_bytes(), None));
    assert_eq!((&*record.endpoint, &*record.provider, &*record.key_id), ("github", "github", "2026-11"));
    assert_eq!((record.received_at, record.coverage, record.parked), (NOW, Coverage::Body, false));
    let kind = record.event_type.unwrap();
    assert_eq!((&*kind.text, kind.signed), ("push", false), "GitHub does not sign the header that names the type");
    let names: Vec<_> = record.headers.iter().map(|(name, _)| name.as_str()).collect();
    for kept in ["user-agent", "content-encoding", "content-type", "x-github-delivery"] {
        assert!(names.contains(&kept), "{kept}: {names:?}");
    }
    let everything = format!("{:?}", (&record.headers, &record.target));
    for never in ["hub-signature", "authorization", "cookie", "c2VjcmV0", "session"] {
        assert!(!everything.contains(never), "{never} in {everything}");
    }
}

#[tokio::test]
async fn no_header_that_an_endpoint_keeps_brings_a_credential_into_the_store() {
    // A label source is a way into the allow-list that no setting judges.
    let scheme = Scheme::hmac_sha256()
        .signature(Header::new("x-signature").hex())
        .event_id(Json::pointer("/id"))
        .event_type(Header::new("authorization"));
    let store = Store::new();
    let door = Door::new(Endpoint::custom("acme", scheme.clone(), Secret::new(SECRET)).unwrap().inbox(&store));
    let request = hookporter_testkit::custom(scheme, SECRET).at(NOW).body("{\"id\":\"evt_1\"}").build();
    assert_eq!(door.send(&request.with_header("authorization", "Bearer secret")).await, TAKEN);
    assert_eq!(store.record().headers.iter().filter(|(name, _)| name == "authorization").count(), 0);
}

#[tokio::test]
async fn a_redelivery_that_is_signed_with_the_next_key_is_a_duplicate() {
    let store = Store::new();
    let (old, new) = ("the old secret, long enough", "the new secret, long enough");
    let keys = Keyring::from([Secret::new(old).named("old"), Secret::new(new).named("new")]);
    let door = Door::new(Endpoint::github(keys).unwrap().inbox(&store));
    assert_eq!(door.send(&push(old, "{\"ref\":\"main\"}")).await, TAKEN);
    assert_eq!(door.send(&push(new, "{\"ref\":\"main\"}")).await, TAKEN);
    assert_eq!(store.record().key_id, "old");
    assert_eq!(door.send(&push(new, "{\"ref\":\"other\"}")).await, TAKEN);
    assert_eq!(store.records().len(), 2, "another body is another event");
}

#[tokio::test]
async fn without_anything_that_identifies_it_every_delivery_is_an_event() {
    let scheme = Scheme::hmac_sha256().signature(Header::new("x-signature").hex());
    let store = Store::new();
    let door = Door::new(Endpoint::custom("acme", scheme.clone(), Secret::new(SECRET)).unwrap().inbox(&store));
    let request = hookporter_testkit::custom(scheme, SECRET).at(NOW).body("same").build();
    assert_eq!(door.send(&request).await, TAKEN);
    assert_eq!(door.send(&request).await, TAKEN);
    let identities: Vec<_> = store.records().into_iter().map(|record| record.identity).collect();
    assert_eq!(identities, [None, None]);
}

#[tokio::test]
async fn a_signed_id_identifies_whatever_else_the_body_says() {
    let store = Store::new();
    let door = Door::new(Endpoint::stripe(Secret::new("whsec_of_the_test")).unwrap().inbox(&store));
    let paid =
        |id: &str| hookporter_testkit::stripe("whsec_of_the_test").at(NOW).event("invoice.paid").event_id(id).build();
    for id in ["evt_1", "evt_2", "evt_1"] {
        assert_eq!(door.send(&paid(id)).await, TAKEN);
    }
    let ids: Vec<_> = store.records().into_iter().filter_map(|record| record.event_id).map(|id| id.text).collect();
    assert_eq!(ids, ["evt_1", "evt_2"]);
}

#[tokio::test]
async fn a_captured_proof_with_another_event_under_it_is_no_new_event() {
    let store = Store::new();
    let keys = hookporter_testkit::keys("mailgun").unwrap();
    let door = Door::new(Endpoint::provider("mailgun", Secret::new(keys.receiver)).unwrap().inbox(&store));
    let request = hookporter_testkit::provider("mailgun", keys.sender).unwrap().at(NOW).build();
    let text = String::from_utf8(request.body().to_vec()).unwrap();
    let (before, after) = text.split_once("delivered").unwrap();
    let forged = request.clone().with_body(format!("{before}complained{after}"));
    assert_eq!(door.send(&request).await, TAKEN);
    assert_eq!(door.send(&forged).await, TAKEN);
    assert_eq!(store.records().len(), 1, "time and token are all that Mailgun signs");
}

#[tokio::test]
async fn equal_bodies_that_were_signed_at_two_moments_are_two_events() {
    let store = Store::new();
    let door = Door::new(Endpoint::provider("zoom", Secret::new(SECRET)).unwrap().inbox(&store));
    let said = |earlier: u64| {
        let maker = hookporter_testkit::provider("zoom", SECRET).unwrap().at(NOW);
        maker.stale(std::time::Duration::from_secs(earlier)).body("{\"event\":\"meeting.started\"}").build()
    };
    for earlier in [0, 60, 0] {
        assert_eq!(door.send(&said(earlier)).await, TAKEN);
    }
    assert_eq!(store.records().len(), 2);
}

#[tokio::test]
async fn what_is_signed_beside_the_body_tells_events_apart() {
    let scheme = Scheme::hmac_sha256()
        .signed("{path}\n{body}")
        .signature(Header::new("x-signature").hex())
        .identity(hookporter_core::Identity::Digest);
    let store = Store::new();
    let door = Door::new(Endpoint::custom("acme", scheme.clone(), Secret::new(SECRET)).unwrap().inbox(&store));
    let to = |path: &str| hookporter_testkit::custom(scheme.clone(), SECRET).at(NOW).target(path).body("{}").build();
    for path in ["/objects/1", "/objects/2", "/objects/1"] {
        assert_eq!(door.send(&to(path)).await, TAKEN);
    }
    assert_eq!(store.records().len(), 2);
}
