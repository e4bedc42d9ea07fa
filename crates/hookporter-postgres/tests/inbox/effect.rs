//! Effects in the transaction of their event's completion: each exactly once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, Backoff, WorkError};
use hookporter_postgres::{Effect, sqlx};
use hookporter_testkit::inbox::sample_record;
use tokio::time::{Instant, sleep};

use crate::server::{Server, number};

/// How often it was called.
static CALLS: AtomicU32 = AtomicU32::new(0);

/// Writes down that the event had its effect, and fails every third time in one way or another.
async fn book(event: Event, mut effect: Effect) -> Result<Effect, WorkError> {
    sqlx::query("INSERT INTO effects (event) VALUES ($1)").bind(event.number()).execute(&mut *effect).await?;
    match CALLS.fetch_add(1, Ordering::Relaxed) % 12 {
        0 => Err(WorkError::retry("not today")),
        3 => panic!("in the middle"),
        6 => {
            // The transaction is of no use any more, whatever is made of the error.
            let _ = sqlx::query("SELECT 1 / 0").execute(&mut *effect).await;
            Ok(effect)
        }
        9 => {
            sleep(Duration::from_millis(700)).await;
            Ok(effect)
        }
        _ => Ok(effect),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_effect_happens_once_through_failures_panics_time_limits_and_kills_of_the_server() {
    const EVENTS: i64 = 300;
    let Some(mut server) = Server::start() else { return };
    let inbox = server.settings("effects").connect(&server.url()).await.unwrap();
    sqlx::query("CREATE TABLE effects (event BIGINT NOT NULL)").execute(inbox.pool()).await.unwrap();
    for at in 0..EVENTS {
        let mut record = sample_record(&format!("evt_{at}"));
        record.lane = (at % 3 == 0).then(|| format!("lane {}", at % 10));
        let _ = inbox.accept(vec![record]).await.unwrap();
    }
    let worker = || {
        let quick = Backoff::new(Duration::from_millis(10), Duration::from_millis(50));
        let worker = inbox.transactional_worker(book).backoff(quick).attempts(1000).concurrency(6);
        worker.lease(Duration::from_secs(1)).time_limit(Duration::from_millis(400))
    };
    // Two of them, as on two nodes.
    tokio::spawn(worker().run_until(std::future::pending()));
    tokio::spawn(worker().run_until(std::future::pending()));
    for _ in 0..2 {
        sleep(Duration::from_millis(300)).await;
        server.kill();
        server.launch(&[]);
        server.await_up();
    }
    let pool = server.pool().await;
    let began = Instant::now();
    while number(&pool, "SELECT count(*) FROM effects.events WHERE state != 'done'").await > 0 {
        assert!(began.elapsed() < Duration::from_secs(60), "not everything is worked");
        sleep(Duration::from_millis(100)).await;
    }
    let calls = CALLS.load(Ordering::Relaxed);
    assert!(i64::from(calls) > EVENTS, "nothing went wrong");
    let counts = (
        number(&pool, "SELECT count(*) FROM effects").await,
        number(&pool, "SELECT count(DISTINCT event) FROM effects").await,
    );
    assert_eq!(counts, (EVENTS, EVENTS), "effects, and events that had one; {calls} calls");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_lost_the_lease_or_ended_the_transaction_has_not_completed_the_event() {
    let Some(server) = Server::start() else { return };
    let inbox = server.settings("fenced").connect(&server.url()).await.unwrap();
    sqlx::query("CREATE TABLE effects (event BIGINT NOT NULL)").execute(inbox.pool()).await.unwrap();
    let _ = inbox.accept(vec![sample_record("evt_lost"), sample_record("evt_ended")]).await.unwrap();
    let worker = inbox.transactional_worker(|event: Event, mut effect: Effect| async move {
        sqlx::query("INSERT INTO effects (event) VALUES ($1)").bind(event.number()).execute(&mut *effect).await?;
        if event.id() == Some("evt_lost") {
            // Another node has taken the event meanwhile.
            let other = sqlx::PgPool::connect(URL.get().unwrap()).await?;
            sqlx::query("UPDATE fenced.events SET epoch = epoch + 1, due_at = due_at + 3600000 WHERE id = $1")
                .bind(event.number())
                .execute(&other)
                .await?;
        } else {
            sqlx::query("ROLLBACK").execute(&mut *effect).await?;
        }
        Ok::<_, WorkError>(effect)
    });
    URL.set(server.url()).unwrap();
    tokio::spawn(worker.run_until(std::future::pending()));
    // Each was tried once at least: the one is another's since, the other one waits for its next attempt.
    let (pool, began) = (server.pool().await, Instant::now());
    let tried =
        "SELECT count(*) FROM fenced.events WHERE (event_id = 'evt_lost' AND epoch > 1) OR last_error IS NOT NULL";
    while number(&pool, tried).await < 2 {
        assert!(began.elapsed() < Duration::from_secs(20), "they are not tried");
        sleep(Duration::from_millis(20)).await;
    }
    sleep(Duration::from_millis(700)).await;
    assert_eq!(number(&pool, "SELECT count(*) FROM effects").await, 0);
    let sql = "SELECT state || ' ' || coalesce(last_error, '') FROM fenced.events ORDER BY id";
    let began = Instant::now();
    loop {
        let events: Vec<String> = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
        assert_eq!(events[0], "working ");
        assert!(events[1].contains("ended its transaction"), "{}", events[1]);
        // Unless it is just being tried again.
        if events[1].starts_with("waiting ") {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{}", events[1]);
        sleep(Duration::from_millis(20)).await;
    }
}

static URL: OnceLock<String> = OnceLock::new();
