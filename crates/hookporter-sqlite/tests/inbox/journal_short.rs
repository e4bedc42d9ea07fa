//! What came as a new event is written down once: its row in the journal is short, and tells all the same.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_core::{FrozenClock, Secret};
use hookporter_pipeline::Record;
use hookporter_pipeline::inbox::{Claim, Failure, Next, WorkingSide};
use hookporter_pipeline::journal::{Entry, Query};
use hookporter_pipeline::{Endpoint, Outcome};
use hookporter_sqlite::{Inbox, Reader};
use hookporter_testkit::inbox::START;
use rusqlite::Connection;

use crate::directory::Directory;
use crate::journal::{SECRET, entries, open, send};

type Seen = Arc<Mutex<Vec<Record>>>;

/// An endpoint whose requests somebody else sees, too.
fn endpoint(inbox: &Inbox) -> (Arc<Endpoint>, Seen) {
    let seen = Seen::default();
    let sees = seen.clone();
    let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().clock(FrozenClock(START));
    let endpoint = endpoint.tenant_from_path("/webhooks/{tenant}").unwrap().inbox(inbox);
    (Arc::new(endpoint.observer(move |record: &Record| sees.lock().unwrap().push(record.clone()))), seen)
}

async fn deliver(endpoint: &Arc<Endpoint>, event: &str, id: &str, body: &str) {
    let request = hookporter_testkit::github(SECRET).event(event).event_id(id).body(body.to_owned());
    assert_eq!(send(endpoint, &request.target("/webhooks/alice?a=b").at(START).build()).await, 200);
}

fn records(entries: &[Arc<Entry>]) -> Vec<Record> {
    let in_file = |record: &Record| Record { duration: in_micros(record.duration), ..record.clone() };
    entries.iter().map(|entry| in_file(&entry.record)).collect()
}

fn in_micros(duration: Duration) -> Duration {
    Duration::from_micros(u64::try_from(duration.as_micros()).unwrap())
}

fn seen(seen: &Seen) -> Vec<Record> {
    let seen = seen.lock().unwrap();
    seen.iter().map(|record| Record { duration: in_micros(record.duration), ..record.clone() }).collect()
}

fn without_headers(records: Vec<Record>) -> Vec<Record> {
    records.into_iter().map(|record| Record { headers: Vec::new(), ..record }).collect()
}

fn count(directory: &Directory, sql: &str) -> i64 {
    Connection::open(directory.file()).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

const SHORT: &str = "SELECT count(*) FROM requests WHERE provider = '' AND event_id IS NULL AND method = ''";
/// What people see of the rows of accepted requests.
const SHOWN: &str = "SELECT count(*) FROM requests_journal WHERE tenant = 'alice' AND event_type = 'push' AND event_id IN ('one', 'two') \
    AND method = 'POST' AND key_id IS NOT NULL AND path = '/webhooks/alice'";

#[tokio::test]
async fn a_short_row_tells_as_much_as_a_whole_one_also_when_its_event_is_gone() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let (endpoint, told) = endpoint(&inbox);
    deliver(&endpoint, "push", "one", "1").await;
    deliver(&endpoint, "push", "two", "2").await;
    let found = entries(&directory, 2).await;
    assert_eq!(count(&directory, SHORT), 2);
    assert_eq!(count(&directory, SHOWN), 2);
    let told = seen(&told);
    assert_eq!(records(&found), told);
    assert!(!told[0].headers.is_empty() && told[0].tenant.is_some() && told[0].key_id.is_some(), "{:?}", told[0]);
    inbox.close().await;
    let reader = Reader::open(directory.file()).unwrap();
    let of = |query: Query| {
        reader.entries(&query, u64::MAX, 10).unwrap().iter().map(|entry| entry.number).collect::<Vec<_>>()
    };
    assert_eq!(of(Query::new().text("tw")), [2]);
    assert_eq!(of(Query::new().text("pu")), [2, 1]);
    assert_eq!(of(Query::new().text("ali").outcome(Outcome::Accepted)), [2, 1]);
    assert!(reader.reasons(&Query::new().text("tw")).unwrap().is_empty());

    // As sweeps do it: first what came in, later the event.
    let connection = Connection::open(directory.file()).unwrap();
    connection.execute("DELETE FROM contents WHERE event IN (SELECT id FROM events)", []).unwrap();
    assert_eq!(count(&directory, SHORT), 0);
    for _ in 0..2 {
        let kept = reader.entries(&Query::new(), u64::MAX, 10).unwrap();
        let kept: Vec<_> = records(&kept).into_iter().rev().collect();
        assert_eq!(kept, without_headers(told.clone()));
        assert_eq!(count(&directory, SHOWN), 2);
        connection.execute("DELETE FROM events", []).unwrap();
    }
}

#[tokio::test]
async fn an_event_that_goes_before_its_contents_takes_nothing_along() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let (endpoint, told) = endpoint(&inbox);
    deliver(&endpoint, "push", "one", "1").await;
    entries(&directory, 1).await;
    inbox.close().await;
    assert_eq!(count(&directory, SHORT), 1);
    Connection::open(directory.file()).unwrap().execute("DELETE FROM events", []).unwrap();
    let kept = Reader::open(directory.file()).unwrap().entries(&Query::new(), u64::MAX, 10).unwrap();
    assert_eq!(without_headers(records(&kept)), without_headers(seen(&told)));
}

#[tokio::test]
async fn a_dead_letter_that_comes_again_as_something_else_leaves_the_first_row_as_it_was() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let (endpoint, told) = endpoint(&inbox);
    deliver(&endpoint, "push", "one", "1").await;
    entries(&directory, 1).await;
    let claim = Claim { now: START, lease: Duration::from_secs(30), most: 1, attempts: 3 };
    let lease = inbox.claim(claim).await.unwrap().leases.remove(0);
    let dead = Failure { now: START, error: "no such account".to_owned(), next: Next::Dead };
    let _ = inbox.fail(lease.id, dead).await.unwrap();
    // The same bytes, under labels that are not signed.
    deliver(&endpoint, "issues", "other", "1").await;
    let found = entries(&directory, 2).await;
    assert_eq!(found.iter().map(|entry| entry.event).collect::<Vec<_>>(), [Some(1), Some(1)]);
    assert_eq!(without_headers(records(&found)), without_headers(seen(&told)));
    assert_eq!(found[0].record.event_type.as_deref(), Some("push"));
}

#[tokio::test]
async fn what_did_not_come_as_one_new_event_has_a_row_of_its_own() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let (endpoint, told) = endpoint(&inbox);
    deliver(&endpoint, "push", "one", "1").await;
    deliver(&endpoint, "push", "two", "1").await;
    let found = entries(&directory, 2).await;
    assert_eq!(
        found.iter().map(|entry| entry.record.outcome).collect::<Vec<_>>(),
        [Outcome::Accepted, Outcome::Duplicate]
    );
    assert_eq!(count(&directory, SHORT), 1);
    assert_eq!(records(&found), seen(&told));
}
