//! Looking at events and mending them.

use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::{
    Accepted, AcceptingSide, Claim, Failure, Lease, Next, RecordLabel, Settled, WorkingSide,
};
use hookporter_sqlite::{Erased, Inbox, State};
use hookporter_testkit::inbox::{START, sample_record};

use crate::directory::Directory;

async fn claim(inbox: &Inbox, now: UnixTime) -> Vec<Lease> {
    let claim = Claim { now, lease: Duration::from_secs(30), most: 10, attempts: 5 };
    inbox.claim(claim).await.unwrap().leases
}

async fn bury(inbox: &Inbox) -> i64 {
    let id = claim(inbox, START).await[0].id;
    let failure = Failure { now: START, error: "no such account".to_owned(), next: Next::Dead };
    assert_eq!(inbox.fail(id, failure).await.unwrap(), Settled::Done);
    id.number
}

#[tokio::test]
async fn a_dead_letter_can_be_found_looked_at_and_worked_again() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let number = bury(&inbox).await;
    let listed = inbox.list(State::Dead, 0, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    let dead = &listed[0];
    assert_eq!((dead.number, dead.attempts, dead.last_error.as_deref()), (number, 1, Some("no such account")));
    assert_eq!((dead.event_id.as_deref(), dead.received_at, dead.due_at), (Some("evt_1"), START, None));
    let (_, record) = inbox.inspect(number).await.unwrap().unwrap();
    assert_eq!(record, sample_record("evt_1"));
    assert!(inbox.list(State::Dead, number, 10).await.unwrap().is_empty());

    assert!(inbox.requeue(number).await.unwrap());
    let again = claim(&inbox, START).await;
    assert_eq!((again.len(), again[0].attempt), (1, 1));
    assert!(!inbox.requeue(number).await.unwrap(), "a worker has it");
    assert_eq!(inbox.complete(again[0].id, START).await.unwrap(), Settled::Done);
    assert!(inbox.requeue(number).await.unwrap(), "what is done can be done again");
    assert!(!inbox.requeue(number + 1).await.unwrap());
}

#[tokio::test]
async fn what_its_worker_parked_is_released_with_all_of_its_attempts() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let last = Claim { now: START, lease: Duration::from_secs(30), most: 10, attempts: 1 };
    let lease = inbox.claim(last).await.unwrap().leases.remove(0);
    let failure = Failure { now: START, error: "no function".to_owned(), next: Next::Parked };
    assert_eq!(inbox.fail(lease.id, failure).await.unwrap(), Settled::Done);
    let parked = inbox.list(State::Parked, 0, 10).await.unwrap();
    assert_eq!((parked.len(), parked[0].due_at, parked[0].last_error.as_deref()), (1, None, Some("no function")));

    assert_eq!(inbox.release_parked("acme").await.unwrap(), 1);
    let claimed = inbox.claim(last).await.unwrap();
    let attempts = |leases: &[Lease]| leases.iter().map(|lease| lease.attempt).collect::<Vec<_>>();
    assert_eq!((attempts(&claimed.leases), attempts(&claimed.dead)), (vec![1], vec![]));
}

#[tokio::test]
async fn parked_events_are_released_by_endpoint() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let parked = |id: &str, endpoint: &str| {
        let mut record = sample_record(id);
        record.parked = true;
        record.endpoint = endpoint.to_owned();
        record
    };
    let records = vec![parked("evt_1", "acme"), parked("evt_2", "acme"), parked("evt_3", "other")];
    inbox.accept(records).await.unwrap();
    assert_eq!(inbox.release_parked("acme").await.unwrap(), 2);
    assert_eq!(claim(&inbox, START).await.len(), 2);
    let stats = inbox.stats().await.unwrap();
    assert_eq!((stats.working, stats.parked, stats.oldest_undone), (2, 1, Some(START)));
    assert!(stats.file_bytes > 4096);
}

#[tokio::test]
async fn what_is_given_up_is_a_duplicate_from_then_on() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let number = bury(&inbox).await;
    assert!(inbox.give_up(number, START).await.unwrap());
    assert!(!inbox.give_up(number, START).await.unwrap());
    assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::Duplicate]);
    assert!(claim(&inbox, START.plus(Duration::from_secs(3600))).await.is_empty());
}

#[tokio::test]
async fn an_event_that_cannot_be_read_does_not_stand_in_the_way_of_others() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let records = ["evt_1", "evt_2", "evt_3"].map(sample_record).to_vec();
    inbox.accept(records).await.unwrap();
    let other = rusqlite::Connection::open(directory.file()).unwrap();
    other
        .execute_batch("UPDATE contents SET target = x'ff' WHERE event = 1; DELETE FROM contents WHERE event = 2")
        .unwrap();
    let leases = claim(&inbox, START).await;
    assert_eq!(leases.iter().map(|lease| lease.id.number).collect::<Vec<_>>(), [3]);
    let dead = inbox.list(State::Dead, 0, 10).await.unwrap();
    let errors: Vec<_> = dead.iter().map(|event| event.last_error.clone().unwrap()).collect();
    assert!(errors[0].starts_with("its contents cannot be read: "), "{errors:?}");
    assert_eq!(errors[1..], ["its contents are gone"]);
}

/// Whether any file of the inbox holds these bytes.
fn holds(directory: &Directory, needle: &[u8]) -> bool {
    let files = std::fs::read_dir(directory.path()).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.into_iter().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
}

#[tokio::test]
async fn what_is_erased_is_in_no_byte_of_the_file_or_its_log() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let secret = |id: &str, tenant: &str| {
        let mut record = sample_record(id);
        record.tenant = Some(tenant.to_owned());
        record.body = format!("{tenant} told us a secret of {id} {}", "x".repeat(9000)).into();
        record.headers = vec![("x-person".to_owned(), format!("header of {tenant}").into_bytes())];
        record
    };
    for id in ["evt_1", "evt_2", "evt_3"] {
        inbox.accept(vec![secret(id, "alice"), secret(id, "bob")]).await.unwrap();
    }
    let lease = claim(&inbox, START).await.remove(0);
    assert!(holds(&directory, b"alice told us") && holds(&directory, b"header of alice"));
    assert_eq!(inbox.erase_tenant("acme", "alice").await.unwrap(), Erased::Everywhere { events: 3 });
    assert!(!holds(&directory, b"alice"), "alice is gone");
    assert!(holds(&directory, b"bob told us a secret of evt_2"));
    assert_eq!(inbox.complete(lease.id, START).await.unwrap(), Settled::Fenced, "its event was alice's");

    let bobs = inbox.list(State::Working, 0, 10).await.unwrap();
    assert_eq!(bobs.len(), 3);
    assert_eq!(inbox.erase(bobs[1].number).await.unwrap(), Erased::Everywhere { events: 1 });
    assert!(!holds(&directory, b"secret of evt_2") && holds(&directory, b"secret of evt_3"));
    assert_eq!(inbox.accept(vec![secret("evt_2", "bob")]).await.unwrap(), [Accepted::New]);
}

/// A lease, and whoever remembers what it has worked, goes by the number.
#[tokio::test]
async fn the_number_of_an_erased_event_is_no_other_events() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let old = claim(&inbox, START).await[0].id;
    assert_eq!(inbox.erase(old.number).await.unwrap(), Erased::Everywhere { events: 1 });
    assert_eq!(inbox.erase(old.number).await.unwrap(), Erased::Everywhere { events: 0 });
    inbox.accept(vec![sample_record("evt_2")]).await.unwrap();
    let new = claim(&inbox, START).await[0].id;
    assert!(new.number > old.number, "{new:?} after {old:?}");
    assert_eq!(inbox.complete(old, START).await.unwrap(), Settled::Fenced);
    assert_eq!(inbox.complete(new, START).await.unwrap(), Settled::Done);
}

#[tokio::test]
async fn a_redelivery_brings_a_dead_letter_its_contents_back() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let number = bury(&inbox).await;
    let outside = rusqlite::Connection::open(directory.file()).unwrap();
    outside.execute("DELETE FROM contents WHERE event = ?1", [number]).unwrap();
    // Its labels come with it: a type that a header says need not be the first delivery's.
    let mut again = sample_record("evt_1");
    again.event_type = Some(RecordLabel { text: "invoice.voided".to_owned(), signed: true });
    again.api_version = None;
    assert_eq!(inbox.accept(vec![again.clone()]).await.unwrap(), [Accepted::Requeued]);
    let leases = claim(&inbox, START).await;
    assert_eq!((leases.len(), &leases[0].record), (1, &again));
}

#[tokio::test]
async fn what_is_due_behind_dead_letters_is_not_kept_waiting() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1"), sample_record("evt_2")]).await.unwrap();
    let outside = rusqlite::Connection::open(directory.file()).unwrap();
    outside.execute("UPDATE events SET attempts = 5 WHERE event_id = 'evt_1'", []).unwrap();
    let one = Claim { now: START, lease: Duration::from_secs(30), most: 1, attempts: 5 };
    let claimed = inbox.claim(one).await.unwrap();
    assert_eq!((claimed.leases.len(), claimed.dead.len(), claimed.next_due), (0, 1, Some(START)));
    assert_eq!(inbox.claim(one).await.unwrap().leases.len(), 1);
}
