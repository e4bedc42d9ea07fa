//! Several nodes at once: each is an inbox with connections of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, WorkError};
use hookporter_testkit::inbox::sample_record;
use tokio::time::{Instant, sleep};

use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_copies_at_two_nodes_are_one_event() {
    let Some(server) = Server::start() else { return };
    let nodes = [server.inbox("copies").await, server.inbox("copies").await];
    let copies = (0..200).map(|at| tokio::spawn(nodes[at % 2].accept(vec![sample_record("evt_1")])));
    let mut answers = Vec::new();
    for copy in copies.collect::<Vec<_>>() {
        answers.extend(copy.await.unwrap().unwrap());
    }
    let new = answers.iter().filter(|answer| **answer == Accepted::New).count();
    let duplicates = answers.iter().filter(|answer| **answer == Accepted::Duplicate).count();
    assert_eq!((new, duplicates), (1, 199));
    let look = server.look().await;
    assert_eq!((look.events("copies").await, look.undone("copies").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inboxes_of_two_names_have_nothing_to_do_with_each_other() {
    let Some(server) = Server::start() else { return };
    for name in ["one", "another"] {
        assert_eq!(server.inbox(name).await.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
    }
    let keys: Vec<String> = server.look().await.ask(&["KEYS", "*"]).await;
    assert!(keys.iter().all(|key| key.starts_with("{one}:") || key.starts_with("{another}:")), "{keys:?}");
}

#[derive(Default)]
struct Diary {
    under_way: BTreeSet<String>,
    worked: BTreeMap<String, usize>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_accept_and_work_at_once_work_each_event_once() {
    const NODES: usize = 3;
    const EVENTS: usize = 400;
    let Some(server) = Server::start() else { return };
    let diary = Arc::new(Mutex::new(Diary::default()));
    let mut producing = Vec::new();
    for node in 0..NODES {
        let inbox = server.inbox("together").await;
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
    let look = server.look().await;
    let began = Instant::now();
    while look.undone("together").await > 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "not everything is worked");
        sleep(Duration::from_millis(50)).await;
    }
    let diary = diary.lock().unwrap();
    assert_eq!(diary.worked.len(), NODES * EVENTS);
    assert!(diary.worked.values().all(|times| *times == 1));
}
