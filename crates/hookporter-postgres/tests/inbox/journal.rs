//! The journal in the database: what it may cost, and what becomes of it on several nodes. What its rows say is in the suite.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{FrozenClock, Reason, Secret};
use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_pipeline::journal::{Entry, Query};
use hookporter_pipeline::operating::{JournalSide, Operated};
use hookporter_pipeline::{Endpoint, Outcome, Record, TraceId};
use hookporter_postgres::sqlx;
use hookporter_postgres::{Inbox, Settings};
use hookporter_testkit::inbox::{START, Stopwatch, sample_record};
use tokio::time::{Instant, sleep};

use crate::server::{Server, number};

/// Settings whose sweep takes what came in these tests for young.
fn settings(server: &Server, schema: &str) -> Settings {
    server.settings(schema).clock(FrozenClock(START))
}

async fn open(server: &Server, schema: &str) -> Inbox {
    settings(server, schema).connect(&server.url()).await.unwrap()
}

/// A record as an endpoint makes one, of a request with this trace.
pub(crate) fn record(trace: u64, outcome: Outcome) -> Record {
    let reason = matches!(outcome, Outcome::Rejected).then_some(Reason::InvalidSignature);
    Record {
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
    }
}

/// What the journal says, the oldest first, once it is so many rows.
pub(crate) async fn rows(inbox: &Inbox, count: usize) -> Vec<Arc<Entry>> {
    let (desk, began) = (inbox.desk(), Instant::now());
    loop {
        let mut found = desk.entries(Query::new(), u64::MAX, 100_000).await.unwrap();
        if found.len() == count {
            found.reverse();
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{} rows, and not {count}", found.len());
        sleep(Duration::from_millis(20)).await;
    }
}

fn traces(rows: &[Arc<Entry>]) -> Vec<u64> {
    let mut traces: Vec<_> = rows.iter().map(|entry| entry.record.trace.to_bits()).collect();
    traces.sort_unstable();
    traces
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_write_to_one_journal_and_strangers_push_out_their_like_only() {
    let Some(server) = Server::start() else { return };
    let node = async || settings(&server, "bounds").most_requests(200).connect(&server.url()).await.unwrap();
    let (one, other) = (node().await, node().await);
    let journals = [one.journal().unwrap(), other.journal().unwrap()];
    let mut turns = journals.iter().cycle();
    let mut observe = |trace, outcome| turns.next().unwrap().observe(&record(trace, outcome));
    (0..100).for_each(|at| observe(at, Outcome::Accepted));
    assert_eq!(traces(&rows(&one, 100).await), (0..100).collect::<Vec<_>>());
    for at in 0..3000 {
        observe(1000 + at, if at % 2 == 0 { Outcome::Rejected } else { Outcome::Duplicate });
    }
    // A tenth of the rows is theirs, and the rest stays.
    let found = traces(&rows(&other, 120).await);
    assert_eq!(found.get(..100), Some(&(0..100).collect::<Vec<_>>()[..]));
    // Accepted ones push out their like, also when a node has begun anew.
    drop(turns);
    one.close().await;
    let one = node().await;
    for at in 0..100 {
        let journal = if at % 2 == 0 { one.journal() } else { other.journal() };
        journal.unwrap().observe(&record(5000 + at, Outcome::Accepted));
    }
    one.close().await;
    other.close().await;
    let found = traces(&rows(&node().await, 200).await);
    assert_eq!(found.iter().filter(|trace| (1000..4000).contains(*trace)).count(), 20);
    assert!((5000..5100).all(|trace| found.contains(&trace)), "the newest stay: {found:?}");
    let numbers = "SELECT count(*) - count(DISTINCT place) FROM bounds.requests WHERE outcome = 'accepted'";
    assert_eq!(number(&server.pool().await, numbers).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_sender_waits_for_a_journal_that_cannot_be_written() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server, "locked").await;
    let journal = inbox.journal().unwrap();
    let pool = server.pool().await;
    let mut other = pool.begin().await.unwrap();
    sqlx::raw_sql("LOCK TABLE locked.requests IN ACCESS EXCLUSIVE MODE").execute(&mut *other).await.unwrap();
    let began = Stopwatch::start();
    (0..5000).for_each(|at| journal.observe(&record(at, Outcome::Rejected)));
    assert!(began.elapsed() < Duration::from_secs(1), "requests waited {:?}", began.elapsed());
    // For longer than the journal's own connection waits for its lock.
    let (began, mut longest) = (Instant::now(), Duration::ZERO);
    while began.elapsed() < Duration::from_secs(4) {
        let asked = Stopwatch::start();
        let id = format!("evt_{}", began.elapsed().as_micros());
        assert_eq!(inbox.accept(vec![sample_record(&id)]).await.unwrap(), [Accepted::New]);
        longest = longest.max(asked.elapsed());
    }
    assert!(longest < Duration::from_secs(1), "a sender waited {longest:?}");
    other.rollback().await.unwrap();
    // What was taken and put back is there once, and what found no room is counted.
    let lost = usize::try_from(inbox.lost_requests()).unwrap();
    assert!((1..=904).contains(&lost), "{lost}");
    let found = rows(&inbox, 5000 - lost).await;
    assert!(found.is_sorted_by_key(|entry| entry.record.trace.to_bits()), "in their order");
    drop(journal);
    inbox.close().await;
    let inbox = open(&server, "locked").await;
    assert_eq!(usize::try_from(inbox.lost_requests()).unwrap(), lost, "the next process knows it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_down_nothing_waits_and_little_is_kept() {
    let Some(mut server) = Server::start() else { return };
    let inbox = open(&server, "down").await;
    let journal = inbox.journal().unwrap();
    assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
    server.stop();
    let (began, watch) = (Instant::now(), Stopwatch::start());
    (0..50_000).for_each(|at| journal.observe(&record(at, Outcome::Unavailable)));
    let noted = watch.elapsed();
    // Once it is noticed, nobody waits for the database, and nothing hangs that is asked meanwhile.
    while began.elapsed() < Duration::from_secs(4) {
        let _ = inbox.accept(vec![sample_record("evt_2")]).await.unwrap_err();
        sleep(Duration::from_millis(20)).await;
    }
    let asked = Stopwatch::start();
    assert!(inbox.accept(vec![sample_record("evt_2")]).await.is_err());
    assert!(asked.elapsed() < Duration::from_millis(500), "{:?}", asked.elapsed());
    assert!(noted < Duration::from_secs(5), "{noted:?}");
    assert_eq!(inbox.lost_requests(), 50_000 - 4096, "no more than that waits");
    server.launch(&[]);
    server.await_up();
    let found = rows(&inbox, 4096).await;
    assert!(found.iter().map(|entry| entry.record.trace.to_bits()).eq(0..4096));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_found_by_their_indexes() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server, "pages").await;
    let pool = server.pool().await;
    // One refused in twenty, for two reasons, and two requests of each event.
    let filling = "INSERT INTO pages.requests (place, at, trace, endpoint, outcome, status, event, reason, provider, method, path, \
         headers, body_bytes, duration_us, report_only) SELECT at, 1700000000000 + at, at, 'acme', \
         CASE WHEN at % 20 = 0 THEN 'rejected' ELSE 'accepted' END, 200, at / 2, \
         CASE WHEN at % 400 = 0 THEN 'invalid-signature' WHEN at % 20 = 0 THEN 'missing-header' END, 'acme', 'POST', '/', '', 7, 1, false \
         FROM generate_series(1, 40000) AS at; ANALYZE pages.requests";
    sqlx::raw_sql(filling).execute(&pool).await.unwrap();
    let read =
        "SELECT coalesce(seq_tup_read, 0) FROM pg_stat_user_tables WHERE schemaname = 'pages' AND relname = 'requests'";
    let looked = "SELECT count(*) FROM pg_stat_user_indexes WHERE schemaname = 'pages' AND idx_scan > 0 \
         AND indexrelname IN ('requests_event', 'requests_refused', 'requests_others', 'requests_pkey')";
    let (desk, began) = (inbox.desk(), Instant::now());
    loop {
        for (query, count) in [
            (Query::new(), 50),
            (Query::new().event(700), 2),
            (Query::new().reason(Reason::InvalidSignature), 50),
            (Query::new().rejected().of("acme"), 50),
        ] {
            assert_eq!(desk.entries(query, u64::MAX, 50).await.unwrap().len(), count);
        }
        assert_eq!(desk.reasons(Query::new()).await.unwrap().iter().map(|count| count.count).sum::<u64>(), 2000);
        if number(&pool, looked).await == 4 {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "not every index is used");
        sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(number(&pool, read).await, 0, "rows were read one by one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_old_is_swept_and_without_a_journal_nothing_is_noted() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server, "old").await;
    inbox.journal().unwrap().observe(&record(1, Outcome::Accepted));
    rows(&inbox, 1).await;
    inbox.close().await;
    let later = async |days: u32| {
        let clock = FrozenClock(START.plus(Duration::from_secs(24 * 3600) * days));
        server.settings("old").clock(clock).connect(&server.url()).await.unwrap()
    };
    let inbox = later(29).await;
    // Longer than a sweep takes that has nothing to do.
    sleep(Duration::from_millis(700)).await;
    rows(&inbox, 1).await;
    inbox.close().await;
    rows(&later(31).await, 0).await;

    let silent = settings(&server, "silent").no_journal().connect(&server.url()).await.unwrap();
    assert!(silent.journal().is_none());
    let secret = Secret::new("a secret that is long enough");
    let endpoint = Endpoint::github(secret).unwrap().clock(FrozenClock(START)).inbox(&silent);
    let push = hookporter_testkit::github("a secret that is long enough").event("push").at(START).build();
    assert_eq!(crate::quarantine::send(&Arc::new(endpoint), &push).await, 200);
    silent.close().await;
    rows(&open(&server, "silent").await, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_read_times_and_traces_and_a_console_is_given_all_three() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server, "people").await;
    inbox.journal().unwrap().observe(&record(u64::MAX, Outcome::Duplicate));
    rows(&inbox, 1).await;
    let sql =
        "SELECT to_char(came AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' ' || trace FROM people.requests_journal";
    let shown: String = sqlx::query_scalar(sql).fetch_one(&server.pool().await).await.unwrap();
    assert_eq!(shown, "2023-11-14 22:13:20 ffffffffffffffff");
    let (events, requests, refused) = (inbox.events(), inbox.requests().unwrap(), inbox.refused().unwrap());
    assert_eq!(events.stats().await.unwrap().waiting, 0);
    assert_eq!(requests.entries(Query::new(), u64::MAX, 9).await.unwrap().len(), 1);
    assert!(refused.has_room(1));
}
