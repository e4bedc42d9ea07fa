//! The sweep: old events make room, and what nobody worked stays.

use std::time::Duration;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, Failure, Next, Settled, WorkingSide};
use hookporter_sqlite::{Inbox, Settings, State};
use hookporter_testkit::ManualClock;
use hookporter_testkit::inbox::{START, sample_record};

use crate::directory::Directory;
use crate::waiting::until;

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn open(directory: &Directory, clock: &ManualClock) -> Inbox {
    Settings::new().clock(clock.clone()).open(directory.file()).await.unwrap()
}

/// A start sweeps at once.
async fn again(inbox: Inbox, directory: &Directory, clock: &ManualClock) -> Inbox {
    inbox.close().await;
    open(directory, clock).await
}

#[tokio::test]
async fn bodies_go_after_thirty_days_and_events_after_forty_five_but_not_what_nobody_worked() {
    let directory = Directory::new();
    let clock = ManualClock::at(START);
    let inbox = open(&directory, &clock).await;
    // More than a step of the sweep.
    let ids: Vec<String> = (0..450).map(|at| format!("evt_{at}")).collect();
    let mut parked = sample_record("parked");
    parked.parked = true;
    inbox.accept(ids.iter().map(|id| sample_record(id)).chain([parked]).collect()).await.unwrap();
    let leases = inbox.claim(Claim { now: START, lease: DAY, most: 449, attempts: 3 }).await.unwrap().leases;
    for lease in &leases[1..] {
        assert_eq!(inbox.complete(lease.id, START).await.unwrap(), Settled::Done);
    }
    let dead = Failure { now: START, error: String::new(), next: Next::Dead };
    assert_eq!(inbox.fail(leases[0].id, dead).await.unwrap(), Settled::Done);
    let last = leases[448].id.number;
    let full = inbox.stats().await.unwrap().file_bytes;

    clock.advance(DAY * 29);
    let inbox = again(inbox, &directory, &clock).await;
    // Time for several steps.
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(inbox.inspect(last).await.unwrap().is_some(), "29 days");

    clock.advance(DAY * 2);
    let inbox = again(inbox, &directory, &clock).await;
    until("31 days", async || inbox.inspect(last).await.unwrap().is_none()).await;
    assert_eq!(inbox.accept(vec![sample_record("evt_448")]).await.unwrap(), [Accepted::Duplicate], "31 days");
    assert!(!inbox.requeue(last).await.unwrap(), "nothing is left to work");

    clock.advance(DAY * 15);
    let inbox = again(inbox, &directory, &clock).await;
    until("46 days", async || inbox.stats().await.unwrap().done == 0).await;
    until("the file shrinks to half its size", async || inbox.stats().await.unwrap().file_bytes < full / 2).await;
    let stats = inbox.stats().await.unwrap();
    assert_eq!((stats.done, stats.dead, stats.parked, stats.waiting), (0, 1, 1, 1), "46 days");
    for state in [State::Dead, State::Parked, State::Waiting] {
        let number = inbox.list(state, 0, 1).await.unwrap()[0].number;
        assert!(inbox.inspect(number).await.unwrap().is_some(), "{state}");
    }
    assert_eq!(inbox.accept(vec![sample_record("evt_448")]).await.unwrap(), [Accepted::New], "46 days");
}
