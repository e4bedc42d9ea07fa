//! The journal in the inbox's file, through a real endpoint: each request leaves its row, and no request waits for one.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{FrozenClock, Reason, Secret};
use hookporter_pipeline::inbox::AcceptingSide;
use hookporter_pipeline::journal::{Entry, Query};
use hookporter_pipeline::{Endpoint, Outcome, Record, TraceId, Verdict, receive};
use hookporter_sqlite::{Inbox, Reader, Settings};
use hookporter_testkit::SignedRequest;
use hookporter_testkit::inbox::START;
use rusqlite::Connection;
use tokio::time::Instant;

use crate::directory::Directory;
use crate::waiting::{LONG, until};

pub(crate) const SECRET: &str = "a secret that is long enough";

/// Settings whose sweep takes what came in these tests for young.
pub(crate) fn settings() -> Settings {
    Settings::new().clock(FrozenClock(START))
}

pub(crate) async fn open(directory: &Directory) -> Inbox {
    settings().open(directory.file()).await.unwrap()
}

pub(crate) fn github(inbox: &(impl AcceptingSide + Clone)) -> Arc<Endpoint> {
    Arc::new(Endpoint::github(Secret::new(SECRET)).unwrap().clock(FrozenClock(START)).inbox(inbox))
}

pub(crate) async fn send(endpoint: &Arc<Endpoint>, request: &SignedRequest) -> u16 {
    match receive(endpoint, &request.head(), None, &mut Some(request.body().clone())).await {
        Verdict::Reply(reply) => reply.status,
        verdict => panic!("{verdict:?}"),
    }
}

pub(crate) fn push(id: &str) -> SignedRequest {
    hookporter_testkit::github(SECRET).event("push").body(format!(r#"{{"id":"{id}"}}"#)).at(START).build()
}

pub(crate) fn forged() -> SignedRequest {
    hookporter_testkit::github("another secret, long enough").event("push").at(START).build()
}

/// The entries of a journal once there are so many, the oldest first.
pub(crate) async fn entries(directory: &Directory, count: usize) -> Vec<Arc<Entry>> {
    let reader = Reader::open(directory.file()).unwrap();
    let begun = Instant::now();
    while begun.elapsed() < LONG {
        let entries = reader.entries(&Query::new(), u64::MAX, 10_000).unwrap();
        if entries.len() >= count {
            assert_eq!(entries.len(), count);
            return entries.into_iter().rev().collect();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not {count} rows within {LONG:?}");
}

/// A record as an endpoint makes one, of a request with this trace.
pub(crate) fn record(trace: u64, outcome: Outcome) -> Arc<Record> {
    let reason = matches!(outcome, Outcome::Rejected).then_some(Reason::InvalidSignature);
    Arc::new(Record {
        trace: TraceId::from_bits(trace),
        at: START,
        endpoint: "github".into(),
        provider: "github".into(),
        tenant: None,
        method: "POST".to_owned(),
        path: format!("/hooks/{trace}"),
        headers: vec![("user-agent".to_owned(), "someone".to_owned())],
        outcome,
        status: if reason.is_some() { 401 } else { 200 },
        reason,
        stage: reason.map(Reason::stage),
        detail: reason.map(|reason| reason.to_string()),
        key_id: reason.is_none().then(|| "key".into()),
        event_id: reason.is_none().then(|| format!("evt_{trace}")),
        event_type: None,
        api_version: None,
        body_bytes: 7,
        body_digest: None,
        duration: Duration::from_micros(1234),
        report_only: false,
    })
}

fn told(entry: &Entry) -> (Outcome, u16, Option<Reason>, Option<i64>) {
    (entry.record.outcome, entry.record.status, entry.record.reason, entry.event)
}

#[tokio::test]
async fn the_view_shows_times_and_traces_as_people_read_them() {
    let directory = Directory::new();
    let inbox = settings().open_accepting(directory.file()).await.unwrap();
    inbox.journal().unwrap().observe(&record(u64::MAX, Outcome::Duplicate));
    inbox.close().await;
    let sql = "SELECT came || ' ' || trace FROM requests_journal WHERE id = 1";
    let shown: String = Connection::open(directory.file()).unwrap().query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(shown, "2023-11-14T22:13:20.000Z ffffffffffffffff");
}

#[tokio::test]
async fn words_of_a_newer_release_are_read_as_what_they_are_like() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    inbox.journal().unwrap().observe(&record(1, Outcome::Rejected));
    entries(&directory, 1).await;
    let sql = "UPDATE requests SET outcome = 'banished', reason = 'smells-odd', detail = NULL, cause = 'moon', cause_message = NULL";
    Connection::open(directory.file()).unwrap().execute(sql, []).unwrap();
    let entry = entries(&directory, 1).await.remove(0);
    assert_eq!(told(&entry), (Outcome::Rejected, 401, None, None));
    assert_eq!(entry.record.detail.as_deref(), Some("smells-odd"));
    assert_eq!(entry.cause.as_ref().map(|cause| &*cause.cause), Some("moon"));
    assert_eq!(Reader::open(directory.file()).unwrap().reasons(&Query::new()).unwrap(), []);
}

#[tokio::test]
async fn without_a_journal_nothing_is_noted() {
    let directory = Directory::new();
    let inbox = settings().no_journal().open(directory.file()).await.unwrap();
    assert!(inbox.journal().is_none());
    assert_eq!(send(&github(&inbox), &push("1")).await, 200);
    inbox.close().await;
    entries(&directory, 0).await;
}

#[tokio::test]
async fn health_tells_how_much_waits_and_alarms_when_the_oldest_waits_too_long() {
    let directory = Directory::new();
    let later = START.plus(Duration::from_secs(901));
    let inbox = Settings::new().clock(FrozenClock(later)).open(directory.file()).await.unwrap();
    let endpoint = github(&inbox);
    assert_eq!(send(&endpoint, &push("1")).await, 200);
    // Another look comes within five seconds.
    let seen = || endpoint.health().inbox.filter(|depth| depth.waiting > 0);
    until("a look", async || seen().is_some()).await;
    let depth = seen().unwrap();
    assert_eq!((depth.waiting, depth.dead, depth.parked, depth.oldest, depth.at), (1, 0, 0, Some(START), later));
    let words = |endpoint: &Endpoint| endpoint.health().alarms.iter().map(|alarm| alarm.as_str()).collect::<Vec<_>>();
    assert_eq!(words(&endpoint), ["backlog"]);
    let patient = Endpoint::clone(&endpoint).backlog_alarm(Duration::from_secs(901));
    assert_eq!(words(&patient), [""; 0]);
    let json = hookporter_pipeline::health::HealthBoard::new([patient]).json();
    assert!(
        json.contains(r#""inbox":{"waiting":1,"dead":0,"parked":0,"#) && json.contains(r#""oldest_age":901"#),
        "{json}"
    );
}

#[cfg(feature = "seal")]
#[tokio::test]
async fn what_is_sealed_in_the_event_does_not_stand_in_clear_beside_it() {
    let directory = Directory::new();
    let key = Secret::new("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f").named("k");
    let keys = hookporter_pipeline::inbox::SealingKeys::new(&key).unwrap();
    let inbox = settings().seal(keys).open(directory.file()).await.unwrap();
    let endpoint = github(&inbox);
    for _ in 0..2 {
        let request = hookporter_testkit::github(SECRET).event("push").target("/canary-path?q=1").at(START);
        assert_eq!(send(&endpoint, &request.header("user-agent", "canary-agent").build()).await, 200);
    }
    let refused =
        hookporter_testkit::github("another secret, long enough").event("push").target("/canary-refused").at(START);
    assert_eq!(send(&endpoint, &refused.header("user-agent", "canary-agent").build()).await, 401);
    let found = entries(&directory, 3).await;
    assert!(found.iter().all(|entry| entry.record.headers.is_empty()), "{found:?}");
    assert_eq!(found.iter().map(|entry| &*entry.record.path).collect::<Vec<_>>(), ["", "", ""]);
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"canary"));
    }
}
