//! Order per lane, with several nodes that accept and work.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, Claim, Settled, WorkError, WorkingSide};
use hookporter_testkit::inbox::sample_record;
use tokio::time::{Instant, sleep};

use crate::server::{Server, number};

/// What of a lane was worked, in this order; `None` while one is being worked.
type Lanes = Arc<Mutex<BTreeMap<String, Option<Vec<usize>>>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_a_lane_are_worked_in_order_whichever_nodes_accept_and_work_them() {
    const LANES: usize = 12;
    const EVENTS: usize = 40;
    let Some(server) = Server::start() else { return };
    let lanes: Lanes = Arc::default();
    let mut nodes = Vec::new();
    for _ in 0..3 {
        let inbox = server.settings("lanes").connect(&server.url()).await.unwrap();
        let lanes = lanes.clone();
        let worker = inbox.worker(move |event: Event| {
            let (lanes, id, attempt) = (lanes.clone(), event.id().unwrap().to_owned(), event.attempt());
            async move {
                let (lane, at) = id.split_once('.').unwrap();
                let at: usize = at.parse().unwrap();
                let taken = lanes.lock().unwrap().entry(lane.to_owned()).or_insert_with(|| Some(Vec::new())).take();
                let mut worked = taken.expect("two of a lane are worked at once");
                sleep(Duration::from_millis(1)).await;
                let fails = at % 10 == 7 && attempt == 1;
                if !fails {
                    worked.push(at);
                }
                lanes.lock().unwrap().insert(lane.to_owned(), Some(worked));
                // A failure holds its lane up.
                if fails { Err(WorkError::retry_after(Duration::from_millis(30), "not yet")) } else { Ok(()) }
            }
        });
        tokio::spawn(worker.concurrency(16).run_until(std::future::pending()));
        nodes.push(inbox);
    }
    // Each lane's events come one after the other, at another node each time, while workers empty the lane: each is the first
    // of its lane or not, and only the database knows.
    let producers: Vec<_> = (0..LANES)
        .map(|lane| {
            let nodes = nodes.clone();
            tokio::spawn(async move {
                for at in 0..EVENTS {
                    let mut record = sample_record(&format!("{lane}.{at}"));
                    record.lane = Some(format!("customer {lane}"));
                    let _ = nodes[(lane + at) % nodes.len()].accept(vec![record]).await.unwrap();
                }
            })
        })
        .collect();
    for producer in producers {
        producer.await.unwrap();
    }
    let pool = server.pool().await;
    let began = Instant::now();
    while number(&pool, "SELECT count(*) FROM lanes.events WHERE state != 'done'").await > 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "a lane has come to a stop");
        sleep(Duration::from_millis(50)).await;
    }
    let lanes = lanes.lock().unwrap();
    assert_eq!(lanes.len(), LANES);
    for worked in lanes.values() {
        assert_eq!(worked.as_deref().unwrap(), (0..EVENTS).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_comes_while_the_one_before_it_is_completed_is_due() {
    const LANES: usize = 400;
    let Some(server) = Server::start() else { return };
    let open = async || server.settings("races").connect(&server.url()).await.unwrap();
    let (one, other) = (open().await, open().await);
    let in_lane = |id: &str, lane: usize| {
        let mut record = sample_record(&format!("{id}.{lane}"));
        record.lane = Some(format!("lane {lane}"));
        record
    };
    let _ = one.accept((0..LANES).map(|lane| in_lane("first", lane)).collect()).await.unwrap();
    let claim = Claim { now: SystemClock.now(), lease: Duration::from_secs(600), most: LANES, attempts: 5 };
    let leases = one.claim(claim).await.unwrap().leases;
    assert_eq!(leases.len(), LANES);
    for (lane, lease) in leases.iter().enumerate() {
        let (settled, accepted) =
            tokio::join!(one.complete(lease.id, SystemClock.now()), other.accept(vec![in_lane("second", lane)]));
        assert_eq!(settled.unwrap(), Settled::Done);
        let _ = accepted.unwrap();
    }
    let pool = server.pool().await;
    let sql = "SELECT count(*) FROM races.events WHERE state = 'waiting' AND due_at IS NULL";
    assert_eq!(number(&pool, sql).await, 0, "events of {LANES} that nothing will ever make due");
}
