//! Deliveries that tell of many events, lanes, and what hooks are told.

use std::sync::{Arc, Mutex};

use hookporter_core::Secret;
use hookporter_pipeline::inbox::{ChangeKind, Part, Split};
use hookporter_pipeline::{Endpoint, Event, Outcome};

use crate::kit::{Door, SECRET, Store, TAKEN, push};

fn github(store: &Store) -> Endpoint {
    Endpoint::github(Secret::new(SECRET)).unwrap().inbox(store)
}

fn items() -> Split {
    Split::array("/events").id("/id").event_type("/kind/name")
}

const BATCH: &str =
    r#"{"sent":1,"events":[{"id":"a", "kind":{"name":"paid"}} , {"id":7,"kind":{}},{"kind":{"name":"x"}}]}"#;

#[tokio::test]
async fn every_event_has_its_bytes_its_labels_and_an_identity_and_all_are_committed_together() {
    let store = Store::stuck();
    // One commit, and no second one.
    store.commits.add_permits(1);
    let door = Door::new(github(&store).split(items()).unwrap());
    assert_eq!(door.send(&push(SECRET, BATCH)).await, TAKEN);
    let records = store.records();
    let bodies: Vec<_> = records.iter().map(|record| &*record.body).collect();
    let expected: [&[u8]; 3] =
        [br#"{"id":"a", "kind":{"name":"paid"}}"#, br#"{"id":7,"kind":{}}"#, br#"{"kind":{"name":"x"}}"#];
    assert_eq!(bodies, expected);
    let text = |label: &Option<hookporter_pipeline::inbox::RecordLabel>| {
        label.as_ref().map(|label| (label.text.clone(), label.signed))
    };
    let label = |word: &str, signed| Some((word.to_owned(), signed));
    let ids: Vec<_> = records.iter().map(|record| text(&record.event_id)).collect();
    assert_eq!(ids, [label("a", true), label("7", true), None]);
    let kinds: Vec<_> = records.iter().map(|record| text(&record.event_type)).collect();
    // The delivery's own type, of a header that GitHub does not sign.
    assert_eq!(kinds, [label("paid", true), label("push", false), label("x", true)]);
    assert!(records.iter().all(|record| record.payload.is_none() && record.identity.is_some()));
}

#[tokio::test]
async fn an_event_that_comes_in_another_batch_is_a_duplicate() {
    let store = Store::new();
    let door = Door::new(github(&store).split(items()).unwrap());
    for (batch, kept, outcome) in [
        (BATCH, 3, Outcome::Accepted),
        (BATCH, 3, Outcome::Duplicate),
        (r#"{"events":[{"id":"b"},{"id":"a"}]}"#, 4, Outcome::Accepted),
        (r#"{"events":[{"id":"a"},{"id":"b"}]}"#, 4, Outcome::Duplicate),
        // Without an id it is another event in another delivery.
        (r#"{"events":[{"kind":{"name":"x"}}]}"#, 5, Outcome::Accepted),
    ] {
        let before = door.count(outcome);
        assert_eq!(door.send(&push(SECRET, batch)).await, TAKEN);
        assert_eq!((store.records().len(), door.count(outcome)), (kept, before + 1), "{batch}");
    }
}

#[tokio::test]
async fn ids_of_several_fields_do_not_run_together() {
    let store = Store::new();
    let door = Door::new(github(&store).split(Split::array("").id("/a").id("/b")).unwrap());
    let batch = r#"[{"a":"1 2","b":"3"},{"a":"1","b":"2 3"},{"a":"1","b":"2"},{"a":"1\",\"2","b":"3"}]"#;
    assert_eq!(door.send(&push(SECRET, batch)).await, TAKEN);
    assert_eq!(store.records().len(), 4);
}

#[tokio::test]
async fn what_cannot_be_cut_is_kept_in_one_piece() {
    let many = format!(r#"{{"events":[{}1]}}"#, "1,".repeat(5_000));
    for body in ["{}", "no JSON", r#"{"events":[]}"#, r#"{"events":{"a":1}}"#, &many] {
        let store = Store::new();
        let door = Door::new(github(&store).split(items()).unwrap());
        assert_eq!(door.send(&push(SECRET, body)).await, TAKEN);
        assert_eq!(store.record().body, body.as_bytes());
    }
    let store = Store::new();
    let door = Door::new(github(&store).split(Split::by(|_| Err("not today".into()))).unwrap());
    assert_eq!(door.send(&push(SECRET, BATCH)).await, TAKEN);
    assert_eq!(store.record().body, BATCH.as_bytes());
}

#[tokio::test]
async fn an_item_that_is_nested_deeply_is_an_item_without_labels() {
    let item = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let store = Store::new();
    let door = Door::new(github(&store).split(items()).unwrap().in_order_by(|event| event.member("/0/0")));
    assert_eq!(door.send(&push(SECRET, &format!(r#"{{"events":[{item}]}}"#))).await, TAKEN);
    let record = store.record();
    assert_eq!((record.event_id, record.lane, record.body == item.as_bytes()), (None, None, true));
}

#[tokio::test]
async fn a_function_cuts_and_every_part_has_its_lane() {
    let store = Store::new();
    let lines = |event: &Event| {
        let text = std::str::from_utf8(event.body())?.to_owned();
        Ok(text.lines().map(|line| Part::new(line.to_owned()).id(line).event_type("line")).collect())
    };
    let lane = |event: &Event| Some(format!("{}{}", event.event_type()?, event.body().len()));
    let door = Door::new(github(&store).split(Split::by(lines)).unwrap().in_order_by(lane));
    assert_eq!(door.send(&push(SECRET, "one\nthree\ntwo")).await, TAKEN);
    let lanes: Vec<_> = store.records().into_iter().map(|record| record.lane.unwrap()).collect();
    assert_eq!(lanes, ["line3", "line5", "line3"]);
}

#[tokio::test]
async fn a_lane_is_named_by_a_member() {
    let store = Store::new();
    let door = Door::new(github(&store).in_order_by(|event| event.member("/customer/0/id")));
    for (body, lane) in [
        (r#"{"customer":[{"id":"a"}]}"#, Some("a")),
        (r#"{"customer":[{"id":12}]}"#, Some("12")),
        (r#"{"customer":[{"id":{}}]}"#, None),
        ("no JSON", None),
    ] {
        assert_eq!(door.send(&push(SECRET, body)).await, TAKEN);
        assert_eq!(store.records().last().unwrap().lane.as_deref(), lane, "{body}");
    }
}

#[tokio::test]
async fn hooks_are_told_of_what_is_new_and_may_panic() {
    let (store, told) = (Store::new(), Arc::new(Mutex::new(Vec::new())));
    let hook = {
        let told = told.clone();
        move |change: &hookporter_pipeline::inbox::Change| {
            told.lock().unwrap().push((change.kind, change.event_id.clone(), change.endpoint.clone()));
        }
    };
    let door = Door::new(github(&store).split(items()).unwrap().on_change(|_| panic!("on purpose")).on_change(hook));
    for batch in [BATCH, BATCH, r#"{"events":[{"id":"a"},{"id":"b"}]}"#] {
        assert_eq!(door.send(&push(SECRET, batch)).await, TAKEN);
    }
    let accepted = |id: Option<&str>| (ChangeKind::Accepted, id.map(str::to_owned), "github".to_owned());
    assert_eq!(*told.lock().unwrap(), [accepted(Some("a")), accepted(Some("7")), accepted(None), accepted(Some("b"))]);
}

#[test]
fn a_pointer_that_is_none_does_not_build() {
    for split in [Split::array("events"), Split::array("").id("id"), Split::array("").event_type("kind")] {
        let error = github(&Store::new()).split(split).unwrap_err().to_string();
        assert!(error.contains("no JSON pointer"), "{error}");
    }
}

#[tokio::test]
async fn one_id_of_two_events_or_an_id_that_stands_twice_swallows_nothing() {
    let store = Store::new();
    let door = Door::new(github(&store).split(items()).unwrap());
    let clash = r#"{"events":[{"id":"a","v":1},{"id":"a","v":2},{"id":"a","v":1}]}"#;
    assert_eq!(door.send(&push(SECRET, clash)).await, TAKEN);
    assert_eq!(store.records().len(), 2, "the third is a copy of the first");
    assert_eq!(door.send(&push(SECRET, r#"{"events":[{"id":"b","id":"a"},{"id":"a","id":"c"}]}"#)).await, TAKEN);
    let records = store.records();
    assert_eq!(records.len(), 4);
    assert!(records[2..].iter().all(|record| record.event_id.is_none()), "nobody knows which one is meant");
}

#[tokio::test]
async fn heads_are_not_multiplied_without_a_bound() {
    let batch = format!(r#"{{"events":[{}{{}}]}}"#, "{},".repeat(2_000));
    for (agent, kept) in [("a".repeat(100), 2_001), ("a".repeat(10_000), 1)] {
        let store = Store::new();
        let door = Door::new(github(&store).split(items()).unwrap());
        assert_eq!(door.send(&push(SECRET, &batch).with_header("user-agent", &agent)).await, TAKEN);
        assert_eq!(store.records().len(), kept);
    }
}

#[tokio::test]
async fn a_long_lane_is_kept_by_its_digest() {
    let store = Store::new();
    let door = Door::new(github(&store).in_order_by(|event| event.member("/lane")));
    for lane in ["x".repeat(255), "x".repeat(256), "x".repeat(100_000)] {
        assert_eq!(door.send(&push(SECRET, &format!(r#"{{"lane":"{lane}"}}"#))).await, TAKEN);
    }
    let lengths: Vec<_> = store.records().iter().map(|record| record.lane.as_ref().unwrap().len()).collect();
    assert_eq!(lengths, [255, 64, 64]);
    assert_ne!(store.records()[1].lane, store.records()[2].lane);
}

/// Telegram's proof is a token: it covers no byte of the body.
#[cfg(feature = "messaging")]
#[tokio::test]
async fn an_id_that_no_proof_covers_identifies_nothing_unless_somebody_vouches_for_it() {
    let keys = hookporter_testkit::keys("telegram").unwrap();
    for (split, kept) in [(Split::array("").id("/id"), 2), (Split::array("").signed_id("/id"), 1)] {
        let store = Store::new();
        let telegram = Endpoint::provider("telegram", Secret::new(keys.receiver)).unwrap().inbox(&store);
        let door = Door::new(telegram.split(split).unwrap());
        for body in [r#"[{"id":"a"}]"#, r#"[ {"id":"a"} ]"#] {
            let request = hookporter_testkit::provider("telegram", keys.sender).unwrap().body(body.to_owned()).build();
            assert_eq!(door.send(&request).await, TAKEN);
        }
        let records = store.records();
        assert_eq!(records.len(), kept);
        assert_eq!(records[0].event_id.as_ref().map(|id| id.signed), Some(kept == 1));
    }
}
