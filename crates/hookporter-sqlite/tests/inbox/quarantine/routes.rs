//! Where an event goes that comes out of the quarantine: where a delivery goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hookporter_core::{FrozenClock, Secret};
use hookporter_pipeline::inbox::Split;
use hookporter_pipeline::operating::{QuarantineSide, RefusedSelection, Selection, State};
use hookporter_pipeline::quarantine::Judgement;
use hookporter_pipeline::{BoxError, Endpoint, Event, Keys};
use hookporter_testkit::inbox::START;

use super::{RIGHT, WRONG, events, github, kept, open, outcome, plain, push, recheck, send};
use crate::directory::Directory;

#[tokio::test]
async fn filtered_out_is_forgotten_and_a_lane_and_a_cut_are_as_ever() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    send(&github(&inbox, WRONG), &push(RIGHT, r#"{"items":[{"id":"a"},{"id":"b"}]}"#)).await;
    kept(&inbox, 1).await;
    let only = plain(&inbox, RIGHT).only_types(["issues"]).quarantine().unwrap();
    assert_eq!(recheck(&only).await, ["ignored"]);
    drop(only);
    kept(&inbox, 0).await;
    assert_eq!(events(&inbox).await, 0);
    send(&github(&inbox, WRONG), &push(RIGHT, r#"{"items":[{"id":"a"},{"id":"b"}]}"#)).await;
    kept(&inbox, 1).await;
    let cut = plain(&inbox, RIGHT).split(Split::array("/items").id("/id")).unwrap().in_order_by(|_| Some("l".into()));
    assert_eq!(recheck(&cut.quarantine().unwrap()).await, ["accepted"]);
    let ids: Vec<_> =
        inbox.select(Selection::all(), 0, 10).await.unwrap().into_iter().map(|one| one.event_id).collect();
    assert_eq!(ids, [Some("a".to_owned()), Some("b".to_owned())]);
}

#[tokio::test]
async fn a_version_that_is_not_handled_is_parked_or_stays() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let (right, wrong) = ("whsec_of_the_sender_12345", "whsec_of_another_one_12345");
    let stripe = |secret: &str| {
        let endpoint = Endpoint::stripe(Secret::new(secret)).unwrap().clock(FrozenClock(START)).inbox(&inbox);
        endpoint.accept_versions(["train:basil"]).unwrap()
    };
    let request = hookporter_testkit::stripe(right).event_id("evt_1").api_version("2024-06-20").at(START).build();
    send(&Arc::new(stripe(wrong).quarantine().unwrap()), &request).await;
    kept(&inbox, 1).await;
    let refuses = stripe(right).refuse_unhandled_versions().quarantine().unwrap();
    assert!(matches!(outcome(&refuses).await, Judgement::Refused(_)));
    drop(refuses);
    assert_eq!(recheck(&stripe(right).quarantine().unwrap()).await, ["parked"]);
    assert_eq!(inbox.list(State::Parked, 0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_function_of_its_type_is_given_it_until_it_succeeds() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    send(&github(&inbox, WRONG), &push(RIGHT, "[1]")).await;
    kept(&inbox, 1).await;
    let (works, calls) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (up, count) = (works.clone(), calls.clone());
    let endpoint = plain(&inbox, RIGHT).on("push", move |event: Event| {
        count.fetch_add(1, Ordering::SeqCst);
        let up = up.load(Ordering::SeqCst);
        async move {
            assert_eq!(event.body(), "[1]");
            if up { Ok(()) } else { Err(BoxError::from("down")) }
        }
    });
    let endpoint = Arc::new(endpoint.quarantine().unwrap());
    assert_eq!(outcome(&endpoint).await, Judgement::Failed("down".to_owned()));
    works.store(true, Ordering::SeqCst);
    assert_eq!(recheck(&endpoint).await, ["handled"]);
    kept(&inbox, 0).await;
    // The sender's retry is known.
    assert_eq!(send(&endpoint, &push(RIGHT, "[1]")).await, 200);
    assert_eq!((calls.load(Ordering::SeqCst), events(&inbox).await), (2, 0));
}

#[tokio::test]
async fn a_panic_of_the_users_code_leaves_the_request_where_it_is() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    send(&github(&inbox, WRONG), &push(RIGHT, "[1]")).await;
    send(&github(&inbox, WRONG), &push(RIGHT, "[2]")).await;
    kept(&inbox, 2).await;
    let panics = |event: &Event| if event.body() == "[1]" { panic!("on purpose") } else { None };
    let endpoint = plain(&inbox, RIGHT).in_order_by(panics).quarantine().unwrap();
    assert_eq!(recheck(&endpoint).await, ["failed", "accepted"]);
    kept(&inbox, 1).await;
}

#[tokio::test]
async fn tenants_and_their_sources_are_asked_anew() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let mended = Arc::new(AtomicBool::new(false));
    let is_mended = mended.clone();
    let keys = Keys::resolve(move |tenant: String| {
        let is_mended = is_mended.load(Ordering::SeqCst);
        async move {
            Ok::<_, BoxError>(match (&*tenant, is_mended) {
                ("acme", false) => Some(Secret::new(WRONG)),
                ("acme" | "late", true) => Some(Secret::new(RIGHT)),
                _ => None,
            })
        }
    });
    let endpoint = Endpoint::github(keys).unwrap().tenant_from_path("/hooks/{tenant}").unwrap();
    let endpoint = Arc::new(endpoint.clock(FrozenClock(START)).inbox(&inbox).quarantine().unwrap());
    for (tenant, body) in [("acme", "[1]"), ("late", "[2]"), ("nobody", "[3]")] {
        let request = push(RIGHT, body).with_target(&format!("/hooks/{tenant}"));
        assert_eq!(send(&endpoint, &request).await, 401);
    }
    let listed = kept(&inbox, 3).await;
    let reached: Vec<_> = listed.iter().map(|one| (one.reason.as_str(), one.reached_proof)).collect();
    assert_eq!(reached, [("invalid-signature", true), ("unknown-tenant", false), ("unknown-tenant", false)]);
    mended.store(true, Ordering::SeqCst);
    // What the source said counts for a second.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(recheck(&endpoint).await, ["accepted", "accepted", "rejected"]);
    let tenants: Vec<_> =
        inbox.select(Selection::all(), 0, 10).await.unwrap().into_iter().map(|one| one.tenant).collect();
    assert_eq!(tenants, [Some("acme".to_owned()), Some("late".to_owned())]);
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_change_nothing_of_the_reason() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    send(&github(&inbox, WRONG), &push(RIGHT, "[1]")).await;
    let before = kept(&inbox, 1).await;
    let down = Keys::resolve(|_| async { Err::<Option<Secret>, _>(BoxError::from("down")) });
    let endpoint = Endpoint::github(down).unwrap().inbox(&inbox).quarantine().unwrap();
    assert!(matches!(outcome(&endpoint).await, Judgement::Failed(_)));
    assert_eq!(inbox.select_refused(RefusedSelection::all(), 0, 9).await.unwrap(), before);
}
