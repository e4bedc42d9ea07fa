//! A node that is cut off from its database, with connections that stay open: senders are told in time, nothing piles up, the
//! other node takes over, and what the first one says late counts for nothing.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{Clock, Secret, SystemClock};
use hookporter_pipeline::inbox::{AcceptingSide, Claim, Failure, LeaseId, Next, Settled, WorkError, WorkingSide};
use hookporter_pipeline::{Endpoint, Event, Outcome};
use hookporter_postgres::{Inbox, sqlx};
use hookporter_testkit::inbox::{Stopwatch, sample_record};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::door::{Door, TAKEN, Told};
use crate::proxy::network;
use crate::server::{Server, number};

const SECRET: &str = "whsec_of_a_node_that_is_cut_off";
/// Leases.
const SHORT: Duration = Duration::from_secs(5);
const LONG: Duration = Duration::from_secs(60);
/// The endpoint's budget, two seconds unless set; and what a busy machine may take on top of it.
const IN_TIME: Duration = Duration::from_millis(3500);

/// Sends an event to a node, as Stripe does: what it is told, and after how long.
async fn send(node: Door, id: String) -> (Told, Duration) {
    let began = Stopwatch::start();
    let request = hookporter_testkit::stripe(SECRET).event("invoice.paid").event_id(&id).build();
    (node.send(&request).await, began.elapsed())
}

async fn claim(inbox: &Inbox, lease: Duration) -> Vec<LeaseId> {
    let claim = Claim { now: SystemClock.now(), lease, most: 10, attempts: 5 };
    inbox.claim(claim).await.unwrap().leases.into_iter().map(|lease| lease.id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_cut_off_refuses_in_time_and_its_events_are_worked_elsewhere() {
    let Some(server) = Server::start() else { return };
    let (url, weather) = network(&server).await;
    let cut_off = server.settings("cut_off").queue(64, 1_000_000).connect(&url).await.unwrap();
    let other = server.settings("cut_off").connect(&server.url()).await.unwrap();
    let node = Door(Arc::new(Endpoint::stripe(Secret::new(SECRET)).unwrap().inbox(&cut_off)));
    assert_eq!(send(node.clone(), "evt_before".to_owned()).await.0, TAKEN);
    assert_eq!(claim(&cut_off, SHORT).await.len(), 1, "the node has it under way");

    weather.hold();
    // The commit of the first ones is never answered; the others wait for it, or are told that there is no room.
    let mut sending = JoinSet::new();
    for at in 0..300 {
        sending.spawn(send(node.clone(), format!("evt_{}", at % 150)));
        sleep(Duration::from_millis(20)).await;
        assert!(cut_off.queue_depth().0 <= 64, "it piles up");
    }
    while let Some(answer) = sending.join_next().await {
        let ((status, why), took) = answer.unwrap();
        assert!(status == 503 && took < IN_TIME, "{status} {why:?} after {took:?}");
    }
    assert_eq!(node.0.count(Outcome::Accepted), 1);
    assert_eq!(cut_off.queue_depth(), (0, 0), "whoever waited was told, and nobody waits for what is away");

    // The lease has run out meanwhile, and the other node works the event.
    let (worked, mut works) = mpsc::unbounded_channel();
    let worker = other.worker(move |event: Event| {
        worked.send(event.id().unwrap().to_owned()).unwrap();
        std::future::ready(Ok::<_, WorkError>(()))
    });
    let worker = tokio::spawn(worker.run_until(std::future::pending()));
    assert_eq!(timeout(Duration::from_secs(30), works.recv()).await.unwrap().unwrap(), "evt_before");

    // Back: every sender's next try is taken, within two seconds.
    weather.release();
    let back = async {
        while send(node.clone(), "evt_0".to_owned()).await.0 != TAKEN {
            sleep(Duration::from_millis(20)).await;
        }
    };
    Stopwatch::within(Duration::from_secs(2), back).await.expect("not back within two seconds");
    for at in 0..150 {
        let began = Instant::now();
        while send(node.clone(), format!("evt_{at}")).await.0 != TAKEN {
            assert!(began.elapsed() < Duration::from_secs(20), "evt_{at} is not taken");
        }
    }
    let pool = server.pool().await;
    let began = Instant::now();
    while number(&pool, "SELECT count(*) FROM cut_off.events WHERE state = 'done'").await < 151 {
        assert!(began.elapsed() < Duration::from_secs(40), "not everything is worked");
        sleep(Duration::from_millis(50)).await;
    }
    worker.abort();
    assert_eq!(number(&pool, "SELECT count(*) FROM cut_off.events").await, 151, "what came late is no second event");
    let mut calls = vec!["evt_before".to_owned()];
    while let Ok(call) = works.try_recv() {
        calls.push(call);
    }
    assert_eq!(calls.len(), 151, "each was worked once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_says_late_of_a_lease_that_is_over_counts_for_nothing() {
    let Some(server) = Server::start() else { return };
    let (url, weather) = network(&server).await;
    let cut_off = server.settings("late").connect(&url).await.unwrap();
    let other = server.settings("late").connect(&server.url()).await.unwrap();
    for id in ["completed", "failed", "released", "renewed"] {
        let _ = other.accept(vec![sample_record(id)]).await.unwrap();
    }
    let old = claim(&cut_off, SHORT).await;
    let &[completed, failed, released, renewed] = &*old else { panic!("{old:?}") };
    // It is said while the lease holds, and reaches the server when the event is another's.
    weather.hold_next("SET state = 'done'");
    let late = tokio::spawn(cut_off.complete(completed, SystemClock.now()));
    let began = Instant::now();
    let mut new = Vec::new();
    while new.len() < 4 {
        new.extend(claim(&other, LONG).await);
        assert!(began.elapsed() < Duration::from_secs(30), "the leases do not run out: {new:?}");
        sleep(Duration::from_millis(50)).await;
    }
    assert!(weather.holds() && !late.is_finished());
    weather.release();
    assert_eq!(late.await.unwrap().unwrap(), Settled::Fenced);
    let now = SystemClock.now();
    let failure = Failure { now, error: "late".to_owned(), next: Next::Dead };
    assert_eq!(cut_off.fail(failed, failure).await.unwrap(), Settled::Fenced);
    assert_eq!(cut_off.release(released, now).await.unwrap(), Settled::Fenced);
    assert_eq!(cut_off.renew(renewed, now.plus(Duration::from_secs(60))).await.unwrap(), Settled::Fenced);
    let pool = server.pool().await;
    assert_eq!(number(&pool, "SELECT count(*) FROM late.events WHERE state = 'working' AND epoch = 2").await, 4);
    for id in new {
        assert_eq!(other.complete(id, SystemClock.now()).await.unwrap(), Settled::Done);
    }
    let sql = "SELECT string_agg(outcome, ',' ORDER BY epoch) FROM late.attempts GROUP BY event";
    let outcomes: Vec<String> = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
    assert_eq!(outcomes, ["lost,worked"; 4]);
}
