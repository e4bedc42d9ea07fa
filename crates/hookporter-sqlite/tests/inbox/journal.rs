//! The journal in the inbox's file, through a real endpoint: each request leaves its row, and no request waits for one.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{FrozenClock, Reason, Secret, UnixTime};
use hookporter_pipeline::health::LikelyCause;
use hookporter_pipeline::inbox::{AcceptingSide, Claim, Failure, Next, WorkingSide};
use hookporter_pipeline::journal::{Entry, Query};
use hookporter_pipeline::{Endpoint, Outcome, Record, TraceId, Verdict, receive};
use hookporter_sqlite::{Inbox, Reader, Settings};
use hookporter_testkit::SignedRequest;
use hookporter_testkit::inbox::START;
use rusqlite::Connection;

use crate::directory::Directory;

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
    for _ in 0..100 {
        let entries = reader.entries(&Query::new(), u64::MAX, 10_000).unwrap();
        if entries.len() >= count {
            assert_eq!(entries.len(), count);
            return entries.into_iter().rev().collect();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not {count} rows within two seconds");
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
async fn every_outcome_leaves_its_row_with_the_number_of_its_event() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().clock(FrozenClock(START)).inbox(&inbox);
    let parking = Endpoint::stripe(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
    let parking = parking.accept_versions(["=2020-01-01"]).unwrap().clock(FrozenClock(START)).inbox(&inbox);
    let (endpoint, parking) = (Arc::new(endpoint), Arc::new(parking));

    assert_eq!(send(&endpoint, &push("1")).await, 200);
    assert_eq!(send(&endpoint, &push("2")).await, 200);
    assert_eq!(send(&endpoint, &push("1")).await, 200);
    assert_eq!(send(&endpoint, &forged()).await, 401);
    let stripe = hookporter_testkit::stripe("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").at(START).build();
    assert_eq!(send(&parking, &stripe).await, 200);
    endpoint.pause();
    assert_eq!(send(&endpoint, &push("3")).await, 503);
    endpoint.resume();
    // A dead letter that comes again is the same event.
    let claim = Claim { now: START, lease: Duration::from_secs(30), most: 1, attempts: 3 };
    let lease = inbox.claim(claim).await.unwrap().leases.remove(0);
    let dead = Failure { now: START, error: "no such account".to_owned(), next: Next::Dead };
    let _ = inbox.fail(lease.id, dead).await.unwrap();
    assert_eq!(send(&endpoint, &push("1")).await, 200);

    let found = entries(&directory, 7).await;
    let expected = [
        (Outcome::Accepted, 200, None, Some(1)),
        (Outcome::Accepted, 200, None, Some(2)),
        (Outcome::Duplicate, 200, None, Some(1)),
        (Outcome::Rejected, 401, Some(Reason::InvalidSignature), None),
        (Outcome::Parked, 200, None, Some(3)),
        (Outcome::Unavailable, 503, Some(Reason::EndpointPaused), None),
        (Outcome::Duplicate, 200, None, Some(1)),
    ];
    assert_eq!(found.iter().map(|entry| told(entry)).collect::<Vec<_>>(), expected);
    let reader = Reader::open(directory.file()).unwrap();
    let (_, record) = reader.inspect(2).unwrap().unwrap();
    assert_eq!(record.trace, Some(found[1].record.trace));
    let of = |query: Query| {
        reader.entries(&query, u64::MAX, 10).unwrap().iter().map(|entry| entry.number).collect::<Vec<_>>()
    };
    assert_eq!(of(Query::new().event(1)), [7, 3, 1]);
    assert_eq!(of(Query::new().rejected()), [4]);
    assert_eq!(of(Query::new().reason(Reason::EndpointPaused)), [6]);
    assert_eq!(of(Query::new().of("stripe")), [5]);
    assert_eq!(of(Query::new().text(found[3].record.trace.to_string().get(..9).unwrap())), [4]);
    assert_eq!(of(Query::new().text("pu").outcome(Outcome::Duplicate)), [7, 3]);
    assert_eq!(of(Query::new().since(UnixTime::from_secs(START.as_secs() + 1))), [0_u64; 0]);
    let reasons = reader.reasons(&Query::new()).unwrap();
    assert_eq!(
        reasons.iter().map(|count| (count.reason, count.count, count.last_entry)).collect::<Vec<_>>(),
        [(Reason::EndpointPaused, 1, 6), (Reason::InvalidSignature, 1, 4)]
    );
    assert_eq!(reader.lost_requests().unwrap(), 0);
}

#[tokio::test]
async fn what_is_written_is_what_was_noted_and_is_there_after_a_restart() {
    let directory = Directory::new();
    let inbox = settings().open_accepting(directory.file()).await.unwrap();
    let noted = [record(u64::MAX, Outcome::Duplicate), record(2, Outcome::Rejected)];
    let odd = Record {
        tenant: Some("alice".into()),
        headers: vec![("a".to_owned(), "b: c".to_owned()), ("d".to_owned(), "\u{fffd}ü".to_owned())],
        event_type: Some("push".to_owned()),
        api_version: Some("v1".to_owned()),
        body_digest: Some("aa".to_owned()),
        report_only: true,
        ..(*record(3, Outcome::Handshake)).clone()
    };
    let journal = inbox.journal().unwrap();
    noted.iter().for_each(|record| journal.observe(record));
    journal.observe(&odd);
    inbox.close().await;
    let found = entries(&directory, 3).await;
    assert_eq!(
        found.iter().map(|entry| (*entry.record).clone()).collect::<Vec<_>>(),
        [(*noted[0]).clone(), (*noted[1]).clone(), odd]
    );
    // The next process goes on behind them.
    let inbox = open(&directory).await;
    assert_eq!(send(&github(&inbox), &push("1")).await, 200);
    let found = entries(&directory, 4).await;
    assert_eq!(found.iter().map(|entry| entry.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    // Its headers are those of its event.
    assert!(
        found[3].record.headers.iter().any(|(name, value)| name == "x-github-event" && value == "push"),
        "{:?}",
        found[3]
    );
    assert_eq!(Reader::open(directory.file()).unwrap().entry(4).unwrap().as_ref(), Some(&found[3]));
    let sql = "SELECT came || ' ' || trace FROM requests_journal WHERE id = 1";
    let shown: String = Connection::open(directory.file()).unwrap().query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(shown, "2023-11-14T22:13:20.000Z ffffffffffffffff");
}

#[tokio::test]
async fn what_is_found_out_comes_to_its_row_whichever_comes_first() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let journal = inbox.journal().unwrap();
    let cause =
        LikelyCause { at: START, cause: "wrong-secret".into(), is_proven: true, message: "a key of before".to_owned() };
    journal.explain(TraceId::from_bits(1), &cause);
    tokio::time::sleep(Duration::from_millis(700)).await;
    journal.observe(&record(1, Outcome::Rejected));
    journal.observe(&record(2, Outcome::Rejected));
    entries(&directory, 2).await;
    journal.explain(TraceId::from_bits(2), &cause);
    tokio::time::sleep(Duration::from_millis(700)).await;
    let found = entries(&directory, 2).await;
    assert_eq!(found.iter().map(|entry| entry.cause.clone()).collect::<Vec<_>>(), [Some(cause.clone()), Some(cause)]);
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
    let mut depth = None;
    for _ in 0..400 {
        depth = endpoint.health().inbox.filter(|depth| depth.waiting > 0);
        if depth.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let depth = depth.expect("a look within eight seconds");
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

#[tokio::test]
async fn a_delivery_of_several_events_leads_to_the_first_of_them() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let split = hookporter_pipeline::inbox::Split::array("/items").signed_id("/id");
    let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().clock(FrozenClock(START)).inbox(&inbox);
    let endpoint = Arc::new(endpoint.split(split).unwrap());
    let delivery = |body: &'static str| hookporter_testkit::github(SECRET).event("push").body(body).at(START).build();
    assert_eq!(send(&endpoint, &delivery(r#"{"items":[{"id":"a"},{"id":"b"}]}"#)).await, 200);
    // Its first event is known, its second is new.
    assert_eq!(send(&endpoint, &delivery(r#"{"items":[{"id":"b"},{"id":"c"}]}"#)).await, 200);
    let found = entries(&directory, 2).await;
    assert_eq!(found.iter().map(|entry| entry.event).collect::<Vec<_>>(), [Some(1), Some(2)]);
}
