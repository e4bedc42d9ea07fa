//! What was worked long ago makes room.

use std::time::Duration;

use hookporter_core::FrozenClock;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, Failure, Next, WorkingSide};
use hookporter_testkit::inbox::{START, sample_record};
use tokio::time::{Instant, sleep};

use crate::server::{Server, number};

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_go_first_then_events_and_what_nobody_worked_stays() {
    let Some(server) = Server::start() else { return };
    let open = async |days: u32| {
        let clock = FrozenClock(START.plus(DAY * days));
        server.settings("old").clock(clock).connect(&server.url()).await.unwrap()
    };
    let inbox = open(0).await;
    let mut parked = sample_record("evt_parked");
    parked.parked = true;
    let _ = inbox.accept(vec![sample_record("evt_dead"), parked]).await.unwrap();
    let claim = Claim { now: START, lease: Duration::from_secs(30), most: 5000, attempts: 5 };
    let dead = inbox.claim(claim).await.unwrap().leases.remove(0);
    let failure = Failure { now: START, error: "no".to_owned(), next: Next::Dead };
    assert_eq!(inbox.fail(dead.id, failure).await.unwrap(), hookporter_pipeline::inbox::Settled::Done);
    // More than one step looks at.
    let done = (0..1500).map(|at| sample_record(&format!("evt_{at}"))).collect();
    let _ = inbox.accept(done).await.unwrap();
    for lease in inbox.claim(claim).await.unwrap().leases {
        let _ = inbox.complete(lease.id, START).await.unwrap();
    }
    inbox.close().await;

    let pool = server.pool().await;
    for (days, contents, events) in [(29, 1502, 1502), (31, 2, 1502), (46, 2, 2)] {
        let inbox = open(days).await;
        let began = Instant::now();
        let is = async || {
            let bodies = number(&pool, "SELECT count(*) FROM old.contents").await;
            (bodies, number(&pool, "SELECT count(*) FROM old.events").await)
        };
        // Longer than a sweep takes that has nothing to do.
        sleep(Duration::from_millis(700)).await;
        while is().await != (contents, events) {
            assert!(began.elapsed() < Duration::from_secs(30), "{days} days: {:?}", is().await);
            sleep(Duration::from_millis(50)).await;
        }
        if days == 31 {
            assert_eq!(inbox.accept(vec![sample_record("evt_7")]).await.unwrap(), [Accepted::Duplicate]);
        }
        inbox.close().await;
    }
    let sql = "SELECT count(*) FROM old.attempts WHERE event NOT IN (SELECT id FROM old.events)";
    assert_eq!(number(&pool, sql).await, 0);
    assert_eq!(open(46).await.accept(vec![sample_record("evt_7")]).await.unwrap(), [Accepted::New]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_turn_is_taken_asks_again() {
    let Some(server) = Server::start() else { return };
    let open = async |days: u32| {
        let clock = FrozenClock(START.plus(DAY * days));
        server.settings("old").clock(clock).connect(&server.url()).await.unwrap()
    };
    let inbox = open(0).await;
    let _ = inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    let claim = Claim { now: START, lease: Duration::from_secs(30), most: 1, attempts: 5 };
    let lease = inbox.claim(claim).await.unwrap().leases.remove(0);
    let _ = inbox.complete(lease.id, START).await.unwrap();
    inbox.close().await;

    let pool = server.pool().await;
    let mut another = pool.acquire().await.unwrap();
    let lock = "SELECT pg_advisory_lock(hashtext('\"old\"'), hashtext('hookporter sweep'))";
    let _ = sqlx::query(lock).execute(&mut *another).await.unwrap();
    let inbox = open(46).await;
    sleep(Duration::from_millis(1500)).await;
    let events = "SELECT count(*) FROM old.events";
    assert_eq!(number(&pool, events).await, 1, "nobody else sweeps meanwhile");
    let _ = sqlx::query("SELECT pg_advisory_unlock_all()").execute(&mut *another).await.unwrap();
    let began = Instant::now();
    while number(&pool, events).await > 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "it did not ask again");
        sleep(Duration::from_millis(50)).await;
    }
    inbox.close().await;
}
