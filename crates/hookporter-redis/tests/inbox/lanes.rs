//! Order per lane, with several nodes that accept and work.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, WorkError};
use hookporter_testkit::inbox::sample_record;
use tokio::time::{Instant, sleep};

use crate::server::Server;

/// What of a lane was worked, in this order; `None` while one is being worked.
type Lanes = Arc<Mutex<BTreeMap<String, Option<Vec<usize>>>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_a_lane_are_worked_in_order_whichever_nodes_accept_and_work_them() {
    const LANES: usize = 12;
    const EVENTS: usize = 30;
    let Some(server) = Server::start() else { return };
    let lanes: Lanes = Arc::default();
    let mut nodes = Vec::new();
    for _ in 0..3 {
        let inbox = server.inbox("lanes").await;
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
    // Each lane's events come one after the other, at another node each time, while workers empty the lane.
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
    let look = server.look().await;
    let began = Instant::now();
    while look.undone("lanes").await > 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "a lane has come to a stop");
        sleep(Duration::from_millis(50)).await;
    }
    let behind: Option<i64> = look.ask(&["GET", "{lanes}:behind"]).await;
    assert_eq!(behind.unwrap_or(0), 0, "as many came out of the lanes as went in");
    let lists: Vec<String> = look.ask(&["KEYS", "{lanes}:lane:*"]).await;
    assert!(lists.is_empty(), "{lists:?}");
    let lanes = lanes.lock().unwrap();
    assert_eq!(lanes.len(), LANES);
    for worked in lanes.values() {
        assert_eq!(worked.as_deref().unwrap(), (0..EVENTS).collect::<Vec<_>>());
    }
}
