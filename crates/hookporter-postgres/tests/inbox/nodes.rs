//! Several nodes at once: each is an inbox with connections of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, WorkError};
use hookporter_testkit::inbox::sample_record;
use tokio::time::{Instant, sleep};

use crate::server::{Server, number};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_copies_at_two_nodes_are_one_event() {
    let Some(server) = Server::start() else { return };
    let nodes = [server.inbox("copies").await, server.inbox("copies").await];
    let copies = (0..1000).map(|at| tokio::spawn(nodes[at % 2].accept(vec![sample_record("evt_1")])));
    let mut answers = Vec::new();
    for copy in copies.collect::<Vec<_>>() {
        answers.extend(copy.await.unwrap().unwrap());
    }
    let new = answers.iter().filter(|answer| **answer == Accepted::New).count();
    let duplicates = answers.iter().filter(|answer| **answer == Accepted::Duplicate).count();
    assert_eq!((new, duplicates), (1, 999));
    let pool = server.pool().await;
    assert_eq!(number(&pool, "SELECT count(*) FROM copies.events").await, 1);
    assert_eq!(number(&pool, "SELECT count(*) FROM copies.contents").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_get_the_same_events_in_another_order_do_not_stand_in_each_others_way() {
    let Some(server) = Server::start() else { return };
    let nodes = [server.inbox("orders").await, server.inbox("orders").await];
    let began = Instant::now();
    for round in 0..40 {
        let ids = || (0..300).map(move |at| sample_record(&format!("evt_{round}_{at}")));
        let (there, back) = (ids().collect::<Vec<_>>(), ids().rev().collect::<Vec<_>>());
        let (one, other) = tokio::join!(nodes[0].accept(there), nodes[1].accept(back));
        let answers = [one.unwrap(), other.unwrap()].concat();
        assert_eq!(answers.iter().filter(|answer| **answer == Accepted::New).count(), 300);
    }
    let took = began.elapsed();
    // The server says how many transactions it had to undo, a moment later.
    sleep(Duration::from_millis(1500)).await;
    let pool = server.pool().await;
    let sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'";
    assert_eq!(number(&pool, sql).await, 0, "in {took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_ascend_in_the_order_of_a_request() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("numbers").await;
    // Not in the order in which their identities are inserted.
    let ids = ["z", "b", "y", "a", "x"];
    let _ = inbox.accept(ids.map(sample_record).to_vec()).await.unwrap();
    let pool = server.pool().await;
    let sql = "SELECT event_id FROM numbers.events ORDER BY id";
    let stored: Vec<String> = hookporter_postgres::sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
    assert_eq!(stored, ids);
}

/// What is being worked, and how often each was.
#[derive(Default)]
pub(crate) struct Diary {
    under_way: BTreeSet<String>,
    pub(crate) worked: BTreeMap<String, u32>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_accept_and_work_at_once_work_each_event_once() {
    const NODES: usize = 3;
    const EVENTS: usize = 400;
    let Some(server) = Server::start() else { return };
    let diary = Arc::new(Mutex::new(Diary::default()));
    let mut producing = Vec::new();
    for node in 0..NODES {
        let inbox = server.settings("together").connect(&server.url()).await.unwrap();
        let diary = diary.clone();
        let worker = inbox.worker(move |event: Event| {
            let (diary, id) = (diary.clone(), event.id().unwrap().to_owned());
            async move {
                assert!(diary.lock().unwrap().under_way.insert(id.clone()), "{id} is worked by two at once");
                sleep(Duration::from_millis(3)).await;
                let mut diary = diary.lock().unwrap();
                diary.under_way.remove(&id);
                *diary.worked.entry(id).or_default() += 1;
                Ok::<_, WorkError>(())
            }
        });
        tokio::spawn(worker.concurrency(20).run_until(std::future::pending()));
        for producer in 0..4 {
            let inbox = inbox.clone();
            producing.push(tokio::spawn(async move {
                for at in 0..EVENTS / 4 {
                    let _ = inbox.accept(vec![sample_record(&format!("{node}.{producer}.{at}"))]).await.unwrap();
                }
            }));
        }
    }
    for producer in producing {
        producer.await.unwrap();
    }
    let pool = server.pool().await;
    let began = Instant::now();
    while number(&pool, "SELECT count(*) FROM together.events WHERE state != 'done'").await > 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "not everything is worked");
        sleep(Duration::from_millis(50)).await;
    }
    let diary = diary.lock().unwrap();
    assert_eq!(diary.worked.len(), NODES * EVENTS);
    assert!(diary.worked.values().all(|times| *times == 1));
}
