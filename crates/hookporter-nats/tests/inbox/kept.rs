//! Dead letters and parked events: on subjects of their own, and given back.

use std::time::Duration;

use hookporter_core::{Clock, SystemClock};
use hookporter_nats::Inbox;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, EventRecord, Failure, Next, Settled, WorkingSide};
use hookporter_testkit::inbox::sample_record;

use crate::server::{Server, claim, lent};

const LEASE: Duration = Duration::from_secs(30);
/// Every stream begins with a marker.
const BEHIND_THE_MARKER: u64 = 2;

fn failure(next: Next) -> Failure {
    Failure { now: SystemClock.now(), error: "the account is gone: nö".to_owned(), next }
}

async fn nothing_is_due(inbox: &Inbox) {
    let claimed = inbox.claim(claim(LEASE, 10)).await.unwrap();
    assert_eq!((claimed.leases.len(), claimed.dead.len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_letter_lands_on_its_subject_with_its_error_and_comes_back_when_it_is_told() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("dead").await;
    for id in ["evt_1", "evt_2"] {
        let _ = inbox.accept(vec![sample_record(id)]).await.unwrap();
    }
    for lease in lent(&inbox, LEASE).await {
        assert_eq!(inbox.fail(lease.id, failure(Next::Dead)).await.unwrap(), Settled::Done);
    }
    nothing_is_due(&inbox).await;
    let stream = server.streams().await.get_stream("dead_dead").await.unwrap();
    let letter = stream.get_first_raw_message_by_subject("dead.dead.*", BEHIND_THE_MARKER).await.unwrap();
    let header = |name: &str| letter.headers.get(name).map(|value| value.as_str().to_owned());
    assert_eq!(header("Hookporter-Error").unwrap(), "the account is gone: nö");
    assert_eq!((header("Hookporter-Event").unwrap(), header("Hookporter-Attempts").unwrap()), ("2".into(), "1".into()));
    assert!(EventRecord::from_bytes(&letter.payload).unwrap() == sample_record("evt_1"));

    assert_eq!(inbox.requeue_dead_letters().await.unwrap(), 2);
    assert_eq!(server.count("dead_dead").await, 0);
    let leases = lent(&inbox, LEASE).await;
    let told: Vec<_> = leases.iter().map(|lease| (lease.id.number, lease.attempt)).collect();
    assert_eq!(told, [(2, 1), (3, 1)], "the numbers stay, the attempts begin anew");
    for lease in leases {
        assert_eq!(inbox.complete(lease.id, SystemClock.now()).await.unwrap(), Settled::Done);
    }
    assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::Duplicate]);
    assert_eq!(inbox.requeue_dead_letters().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parked_events_wait_on_a_subject_of_their_own_until_they_are_released() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("parked").await;
    let mut parked = sample_record("evt_1");
    parked.parked = true;
    let _ = inbox.accept(vec![parked]).await.unwrap();
    let _ = inbox.accept(vec![sample_record("evt_2")]).await.unwrap();
    // The one came in parked, the other one is parked by its worker.
    let lease = lent(&inbox, LEASE).await.remove(0);
    assert_eq!(lease.id.number, 3);
    assert_eq!(inbox.fail(lease.id, failure(Next::Parked)).await.unwrap(), Settled::Done);
    assert_eq!(inbox.complete(lease.id, SystemClock.now()).await.unwrap(), Settled::Fenced);
    nothing_is_due(&inbox).await;
    assert_eq!(server.count("parked_parked").await, 2);
    assert_eq!(inbox.accept(vec![sample_record("evt_2")]).await.unwrap(), [Accepted::Duplicate]);
    inbox.close().await;

    let inbox = server.inbox("parked").await;
    nothing_is_due(&inbox).await;
    assert_eq!(inbox.release_parked().await.unwrap(), 2);
    assert_eq!(server.count("parked_parked").await, 0);
    let numbers: Vec<_> = lent(&inbox, LEASE).await.iter().map(|lease| (lease.id.number, lease.attempt)).collect();
    assert_eq!(numbers, [(2, 1), (3, 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_a_dead_process_left_behind_has_nothing_worked_twice() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("left").await;
    let _ = inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let lease = lent(&inbox, LEASE).await.remove(0);
    let _ = inbox.fail(lease.id, failure(Next::Dead)).await.unwrap();
    let stream = server.streams().await.get_stream("left_dead").await.unwrap();
    let letter = stream.get_first_raw_message_by_subject("left.dead.*", BEHIND_THE_MARKER).await.unwrap();
    assert_eq!(inbox.requeue_dead_letters().await.unwrap(), 1);
    // As if the process had died before it took the dead letter away.
    let streams = server.streams().await;
    streams.publish_with_headers(letter.subject, letter.headers, letter.payload).await.unwrap().await.unwrap();
    assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::Duplicate], "it waits already");
    assert_eq!(inbox.requeue_dead_letters().await.unwrap(), 0);
    assert_eq!(server.count("left_dead").await, 0);
    assert_eq!(lent(&inbox, LEASE).await.len(), 1);
}
