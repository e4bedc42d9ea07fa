//! An inbox that is closed under its workers: they end at once.

use std::sync::Arc;
use std::time::Duration;

use hookporter_pipeline::inbox::{AcceptingSide, Claim, WorkError, WorkingSide};
use hookporter_sqlite::Inbox;
use hookporter_testkit::inbox::{START, sample_record};
use tokio::sync::Notify;

use crate::directory::Directory;

#[tokio::test]
async fn it_says_that_it_is_closed_and_not_that_it_failed() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.close().await;
    let claim = Claim { now: START, lease: Duration::from_secs(30), most: 1, attempts: 3 };
    let error = inbox.claim(claim).await.unwrap_err();
    assert!(error.is_closed());
    assert_eq!(error.to_string(), "the inbox is closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_waits_for_events_ends() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let worker = inbox.worker(|_| async { Ok::<_, WorkError>(()) });
    let running = tokio::spawn(worker.run_until(std::future::pending()));
    tokio::time::sleep(Duration::from_millis(200)).await;
    inbox.close().await;
    let end = tokio::time::timeout(Duration::from_secs(15), running).await.expect("it ends").unwrap();
    assert_eq!(end.given_back, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_with_work_under_way_ends_and_the_work_is_due_at_the_next_start() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1"), sample_record("evt_2")]).await.unwrap();
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (its_begun, its_go_on) = (begun.clone(), go_on.clone());
    let worker = inbox.worker(move |event| {
        let (begun, go_on) = (its_begun.clone(), its_go_on.clone());
        async move {
            begun.notify_one();
            // One of them ends after the close, the other one never does.
            match event.number() {
                Some(1) => go_on.notified().await,
                _ => std::future::pending().await,
            }
            Ok::<_, WorkError>(())
        }
    });
    // Both slots are taken, so that it claims nothing until one is free; a lease of a minute is not renewed meanwhile.
    let worker = worker.concurrency(2).lease(Duration::from_secs(60));
    let running = tokio::spawn(worker.run_until(std::future::pending()));
    begun.notified().await;
    begun.notified().await;
    inbox.close().await;
    go_on.notify_one();
    let end = tokio::time::timeout(Duration::from_secs(15), running).await.expect("it ends").unwrap();
    assert_eq!(end.given_back, 1);

    let inbox = Inbox::open(directory.file()).await.unwrap();
    let now = hookporter_core::Clock::now(&hookporter_core::SystemClock);
    let claim = Claim { now, lease: Duration::from_secs(30), most: 5, attempts: 5 };
    let attempts: Vec<_> = inbox.claim(claim).await.unwrap().leases.iter().map(|lease| lease.attempt).collect();
    assert_eq!(attempts, [2, 2]);
}
