//! Workers: what they are woken by, whose clock counts, and what of the user's they leave alone.

use std::time::Duration;

use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, Failure, Next, Settled, WorkError, WorkingSide};
use hookporter_postgres::sqlx;
use hookporter_postgres::sqlx::postgres::PgPoolOptions;
use hookporter_testkit::inbox::{Stopwatch, sample_record};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use crate::server::Server;

/// How long from one moment to the call of the worker.
async fn told(called: &mut mpsc::UnboundedReceiver<Instant>, since: Instant) -> Duration {
    timeout(Duration::from_secs(30), called.recv()).await.unwrap().unwrap().duration_since(since)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_wakes_the_others_and_what_nobody_told_is_found_within_a_second() {
    let Some(server) = Server::start() else { return };
    let (accepting, working) = (server.inbox("wake").await, server.inbox("wake").await);
    let (calls, mut called) = mpsc::unbounded_channel();
    let worker = working.worker(move |_: Event| {
        calls.send(Instant::now()).unwrap();
        std::future::ready(Ok::<_, WorkError>(()))
    });
    tokio::spawn(worker.run_until(std::future::pending()));
    sleep(Duration::from_millis(1500)).await;
    let (mut prompt, mut at) = (0, 0);
    while prompt < 6 {
        assert!(at < 12, "only {prompt} of {at} were told of at once: by chance it would be one in four");
        sleep(Duration::from_millis(130 * (at % 6))).await;
        let began = Instant::now();
        let _ = accepting.accept(vec![sample_record(&format!("evt_{at}"))]).await.unwrap();
        prompt += u32::from(told(&mut called, began).await < Duration::from_millis(250));
        at += 1;
    }

    let pool = server.pool().await;
    for _ in 0..3 {
        let sql = "UPDATE wake.events SET state = 'waiting', due_at = 0, finished_at = NULL WHERE id = 1";
        let began = Stopwatch::start();
        sqlx::query(sql).execute(&pool).await.unwrap();
        let _ = told(&mut called, Instant::now()).await;
        assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_clock_is_wrong_takes_no_event_from_another() {
    let Some(server) = Server::start() else { return };
    let inbox = server.settings("clocks").connect(&server.url()).await.unwrap();
    let mut record = sample_record("evt_1");
    // The receiver's clock is a day ahead.
    record.received_at = SystemClock.now().plus(Duration::from_secs(24 * 3600));
    let _ = inbox.accept(vec![record]).await.unwrap();
    let short = Duration::from_secs(2);
    let claim = |now| Claim { now, lease: short, most: 10, attempts: 5 };
    let (now, began) = (SystemClock.now(), Instant::now());
    let mut lease = inbox.claim(claim(now)).await.unwrap().leases.remove(0);
    for wrong in [now.plus(Duration::from_secs(3600)), now.minus(Duration::from_secs(3600))] {
        let claimed = inbox.claim(claim(wrong)).await.unwrap();
        // On a machine that stood still it has run out meanwhile, and says nothing.
        let holds = began.elapsed() < short;
        assert!(claimed.leases.is_empty() || !holds, "the lease holds, whatever this node's clock says");
        let wait = claimed.next_due.unwrap().since(wrong);
        assert!(wait <= short && (wait > Duration::ZERO || !holds), "{wait:?}");
        lease = claimed.leases.into_iter().next().unwrap_or(lease);
    }
    let (longer, renewed) = (Duration::from_secs(5), Instant::now());
    assert_eq!(inbox.renew(lease.id, SystemClock.now().plus(longer)).await.unwrap(), Settled::Done);
    sleep(short + Duration::from_millis(200)).await;
    let claimed = inbox.claim(claim(now)).await.unwrap().leases;
    assert!(claimed.is_empty() || renewed.elapsed() >= longer, "renewed");
    let end = Instant::now();
    while claimed.is_empty() && inbox.claim(claim(now)).await.unwrap().leases.is_empty() {
        assert!(end.elapsed() < Duration::from_secs(20), "it never runs out");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(inbox.complete(lease.id, now).await.unwrap(), Settled::Fenced);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_of_the_users_that_is_used_up_keeps_no_sender_waiting() {
    let Some(server) = Server::start() else { return };
    let pool = PgPoolOptions::new().max_connections(1).connect(&server.url()).await.unwrap();
    let inbox = server.settings("pools").with_pool(pool.clone()).await.unwrap();
    let held = pool.acquire().await.unwrap();
    let accepted = timeout(Duration::from_secs(1), inbox.accept(vec![sample_record("evt_1")])).await.unwrap();
    assert_eq!(accepted.unwrap(), [Accepted::New]);
    drop(held);
    inbox.close().await;
    assert!(inbox.accept(vec![sample_record("evt_2")]).await.is_err());
    let claim = Claim { now: SystemClock.now(), lease: Duration::from_secs(2), most: 1, attempts: 5 };
    assert!(inbox.claim(claim).await.unwrap_err().is_closed());
    // The user's pool is the user's.
    sqlx::query("SELECT 1").execute(&pool).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_that_never_stops_does_not_have_a_dead_letter_worked_for_ever() {
    let Some(server) = Server::start() else { return };
    let inbox = server.settings("never").connect(&server.url()).await.unwrap();
    let mut rounds = 0;
    loop {
        let mut record = sample_record("evt_1");
        record.body = format!("{rounds}").into_bytes().into();
        if inbox.accept(vec![record.clone()]).await.unwrap() == [Accepted::Duplicate] {
            break;
        }
        let now = SystemClock.now();
        let claim = Claim { now, lease: Duration::from_secs(9), most: 1, attempts: 5 };
        let lease = inbox.claim(claim).await.unwrap().leases.remove(0);
        assert!(lease.record.body == record.body, "it is worked with what came last");
        assert_eq!(lease.attempt, 1);
        let failure = Failure { now, error: "no".to_owned(), next: Next::Dead };
        let _ = inbox.fail(lease.id, failure).await.unwrap();
        rounds += 1;
    }
    assert_eq!(rounds, 100);
}
