//! A bound on the size of the file.

use std::time::Duration;

use hookporter_core::Reason;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, EventRecord, Settled, WorkingSide};
use hookporter_sqlite::{Inbox, Settings, State};
use hookporter_testkit::inbox::{START, sample_record};

use crate::directory::Directory;
use crate::waiting::until;

const MIB: u64 = 1 << 20;

fn large(at: usize) -> EventRecord {
    let mut record = sample_record(&format!("evt_{at}"));
    record.body = vec![b'x'; 100_000].into();
    record
}

async fn done(inbox: &Inbox, most: usize) -> usize {
    let claim = Claim { now: START, lease: Duration::from_secs(30), most, attempts: 5 };
    let leases = inbox.claim(claim).await.unwrap().leases;
    for lease in &leases {
        assert_eq!(inbox.complete(lease.id, START).await.unwrap(), Settled::Done);
    }
    leases.len()
}

/// Waits until the file uses so little.
async fn shrinks_to(inbox: &Inbox, bytes: u64) {
    until("it shrinks", async || inbox.stats().await.unwrap().used_bytes <= bytes).await;
}

#[tokio::test]
async fn the_oldest_bodies_go_early_and_only_of_what_is_done() {
    let directory = Directory::new();
    let inbox = Settings::new().keep_bytes(4 * MIB).open(directory.file()).await.unwrap();
    for at in 0..80 {
        assert_eq!(inbox.accept(vec![large(at)]).await.unwrap(), [Accepted::New]);
    }
    // The first ten are not done, and stay whatever the size is.
    let claim = Claim { now: START, lease: Duration::from_secs(3600), most: 10, attempts: 5 };
    let working = inbox.claim(claim).await.unwrap().leases;
    // Asked before anything is done: the next sweep may come at any moment.
    assert!(inbox.stats().await.unwrap().used_bytes > 7 * MIB);
    assert_eq!(done(&inbox, 70).await, 70);
    shrinks_to(&inbox, 4 * MIB).await;
    let stats = inbox.stats().await.unwrap();
    assert!(stats.used_bytes > 3 * MIB, "no more than must: {stats:?}");
    assert_eq!((stats.done, stats.working), (70, 10), "the events themselves are remembered");
    for lease in working {
        assert!(inbox.inspect(lease.id.number).await.unwrap().is_some());
    }
    assert!(inbox.inspect(11).await.unwrap().is_none(), "the oldest of those that are done");
    assert!(inbox.inspect(80).await.unwrap().is_some(), "the youngest");
    assert_eq!(inbox.accept(vec![large(20)]).await.unwrap(), [Accepted::Duplicate]);
}

#[tokio::test]
async fn above_the_limit_nothing_is_accepted_and_workers_make_room() {
    let directory = Directory::new();
    let inbox = Settings::new().file_limit(4 * MIB).open(directory.file()).await.unwrap();
    let mut accepted = 0;
    let error = loop {
        match inbox.accept(vec![large(accepted)]).await {
            Ok(told) => assert_eq!(told, [Accepted::New]),
            Err(error) => break error,
        }
        accepted += 1;
        assert!(accepted < 100, "without a bound");
    };
    assert_eq!(error.kind(), Reason::HandoffFull);
    let used = inbox.stats().await.unwrap().used_bytes;
    assert!((4 * MIB..4 * MIB + 200_000).contains(&used), "{used}");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(inbox.accept(vec![large(100)]).await.is_err(), "it is full until something is done");
    // It claims, completes and lists all the same.
    assert_eq!(done(&inbox, 20).await, 20);
    assert_eq!(inbox.list(State::Done, 0, 100).await.unwrap().len(), 20);
    shrinks_to(&inbox, 4 * MIB * 9 / 10).await;
    assert_eq!(inbox.accept(vec![large(100)]).await.unwrap(), [Accepted::New]);
    assert_eq!(inbox.stats().await.unwrap().waiting, u64::try_from(accepted).unwrap() - 20 + 1);
}
