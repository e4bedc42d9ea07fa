//! A sender that never stops delivering an event that nobody can work.

use std::time::Duration;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, Failure, Next, Settled, WorkingSide};
use hookporter_sqlite::{Inbox, Reader};
use hookporter_testkit::inbox::{START, sample_record};

use crate::directory::Directory;

/// So many attempts, then a dead letter.
async fn die(inbox: &Inbox, attempts: u32) {
    for attempt in 1..=attempts {
        let claim = Claim { now: START, lease: Duration::from_secs(30), most: 1, attempts };
        let lease = inbox.claim(claim).await.unwrap().leases.remove(0);
        assert_eq!(lease.attempt, attempt);
        let next = if attempt < attempts { Next::Due(START) } else { Next::Dead };
        let failure = Failure { now: START, error: format!("epoch {}", lease.id.epoch), next };
        assert_eq!(inbox.fail(lease.id, failure).await.unwrap(), Settled::Done);
    }
}

/// How often a redelivery had it worked again.
async fn rounds(inbox: &Inbox, attempts: u32) -> u32 {
    let mut rounds = 0_u32;
    while inbox.accept(vec![sample_record("evt_1")]).await.unwrap() == [Accepted::Requeued] {
        die(inbox, attempts).await;
        rounds = rounds.saturating_add(1);
        assert!(rounds < 1000, "without end");
    }
    rounds
}

#[tokio::test]
async fn it_is_worked_again_so_often_and_then_it_is_a_duplicate() {
    for (attempts, expected) in [(1, 99), (20, 9), (30, 9)] {
        let directory = Directory::new();
        let inbox = Inbox::open(directory.file()).await.unwrap();
        inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
        die(&inbox, attempts).await;
        assert_eq!(rounds(&inbox, attempts).await, expected, "with {attempts} attempts");
        assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::Duplicate]);
        // A person may all the same.
        assert!(inbox.requeue(1).await.unwrap());
        die(&inbox, attempts).await;

        let kept = Reader::open(directory.file()).unwrap().attempts(1).unwrap();
        assert_eq!(kept.len(), 50, "of {} attempts", attempts * (expected + 2));
        assert_eq!(kept[49].error, Some(format!("epoch {}", attempts * (expected + 2))), "the last ones");
    }
}
