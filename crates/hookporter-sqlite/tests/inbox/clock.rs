//! A clock that was wrong.

use std::time::Duration;

use hookporter_pipeline::inbox::{AcceptingSide, Claim, Failure, Lease, Next, Settled, WorkingSide};
use hookporter_sqlite::{Inbox, Settings};
use hookporter_testkit::ManualClock;
use hookporter_testkit::inbox::{START, sample_record};

use crate::directory::Directory;

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

async fn claim(inbox: &Inbox) -> Vec<Lease> {
    let claim = Claim { now: START, lease: Duration::from_secs(30), most: 10, attempts: 5 };
    inbox.claim(claim).await.unwrap().leases
}

#[tokio::test]
async fn what_came_in_while_it_was_ahead_is_due_at_the_next_start() {
    let directory = Directory::new();
    let clock = ManualClock::at(START);
    let inbox = Settings::new().clock(clock.clone()).open(directory.file()).await.unwrap();
    let mut early = sample_record("evt_1");
    early.received_at = START.plus(YEAR);
    inbox.accept(vec![early, sample_record("evt_2")]).await.unwrap();
    let leases = claim(&inbox).await;
    assert_eq!(leases.len(), 1, "the clock of its endpoint said that it came in a year later");
    let failure = Failure { now: START, error: "busy".to_owned(), next: Next::Due(START.plus(YEAR)) };
    assert_eq!(inbox.fail(leases[0].id, failure).await.unwrap(), Settled::Done);
    inbox.close().await;

    let inbox = Settings::new().clock(clock).open(directory.file()).await.unwrap();
    let leases = claim(&inbox).await;
    let ids: Vec<_> = leases.iter().map(|lease| lease.record.event_id.as_ref().unwrap().text.clone()).collect();
    assert_eq!(ids, ["evt_1"], "and a retry has its moment");
}
