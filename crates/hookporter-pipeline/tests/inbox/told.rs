//! What the sender is told.

use std::time::Duration;

use hookporter_core::{Reason, Secret};
use hookporter_pipeline::{Endpoint, Outcome};

use crate::kit::{Door, NOW, SECRET, Store, TAKEN, push};

#[tokio::test]
async fn nobody_is_acknowledged_before_the_commit_however_many_copies_come() {
    let store = Store::stuck();
    let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().inbox(&store);
    let door = Door::new(endpoint.budget(Duration::from_secs(60)));
    let copies: Vec<_> = (0..8)
        .map(|_| {
            let door = door.clone();
            tokio::spawn(async move { door.send(&push(SECRET, "once")).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(copies.iter().all(|copy| !copy.is_finished()), "an answer came before the commit");
    store.commits.add_permits(8);
    for copy in copies {
        assert_eq!(copy.await.unwrap(), TAKEN);
    }
    assert_eq!((door.count(Outcome::Accepted), door.count(Outcome::Duplicate)), (1, 7));
    store.record();
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_lands_after_the_503_makes_the_retry_a_duplicate() {
    let store = Store::stuck();
    let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().inbox(&store).budget(Duration::from_millis(100));
    let door = Door::new(endpoint);
    assert_eq!(door.send(&push(SECRET, "late")).await, (503, Some(Reason::HandoffTimeout)));
    assert!(store.records().is_empty());
    store.commits.add_permits(2);
    tokio::time::sleep(Duration::from_millis(10)).await;
    store.record();
    assert_eq!(door.send(&push(SECRET, "late")).await, TAKEN);
    assert_eq!((door.count(Outcome::Accepted), door.count(Outcome::Duplicate)), (0, 1));
}

#[tokio::test]
async fn a_store_that_fails_is_503_and_leaves_no_mark() {
    let store = Store::stuck();
    store.commits.close();
    let door = Door::new(Endpoint::github(Secret::new(SECRET)).unwrap().inbox(&store));
    for _ in 0..2 {
        assert_eq!(door.send(&push(SECRET, "lost?")).await, (503, Some(Reason::HandoffFailed)));
    }
}

#[tokio::test]
async fn a_version_that_is_not_handled_is_parked_unless_the_endpoint_refuses_it() {
    let secret = "whsec_of_the_test";
    let endpoint =
        |store: &Store| Endpoint::stripe(Secret::new(secret)).unwrap().accept_versions(["=1999"]).unwrap().inbox(store);
    let request = hookporter_testkit::stripe(secret).at(NOW).event("invoice.paid").event_id("evt_1").build();
    let store = Store::new();
    let door = Door::new(endpoint(&store));
    assert_eq!(door.send(&request).await, TAKEN);
    assert_eq!(door.send(&request).await, TAKEN);
    assert_eq!((door.count(Outcome::Parked), door.count(Outcome::Duplicate)), (1, 1));
    assert!(store.record().parked);

    let store = Store::new();
    let door = Door::new(endpoint(&store).refuse_unhandled_versions());
    assert_eq!(door.send(&request).await, (503, Some(Reason::VersionNotHandled)));
    assert!(store.records().is_empty());
}
