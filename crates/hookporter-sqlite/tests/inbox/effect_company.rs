//! Effects beside others in one transaction: nobody suffers for another's.

use std::time::Duration;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, WorkError};
use hookporter_sqlite::rusqlite::Connection;
use hookporter_testkit::inbox::sample_record;
use tokio::time::Instant;

use crate::directory::Directory;
use crate::effect::{count, done, effects, ends, forever, forever_writing, open, work};
use crate::waiting::{LONG, once_within};

/// What an effect may do to the others of its transaction.
async fn in_company(bad: fn(&Connection) -> Result<(), WorkError>) {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let ids: Vec<_> = (10..22).map(|at| format!("evt_{at}")).collect();
    inbox.accept(ids.iter().map(|id| sample_record(id)).collect()).await.unwrap();
    // While this one holds the writer up, a claim waits; effects and senders come together behind the claim.
    let senders: Vec<_> = (0..200)
        .map(|at| {
            let inbox = inbox.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(at / 4)).await;
                inbox.accept(vec![sample_record(&format!("late_{at}"))]).await.unwrap()
            })
        })
        .collect();
    // Those that come late are worked, too.
    let changes = work(&inbox, 211 + 3, move |event, connection| {
        count(event, connection)?;
        if event.id() == Some("evt_15") { bad(connection) } else { Ok(()) }
    });
    let changes = changes.await;
    for sender in senders {
        let accepted = sender.await.unwrap();
        assert!(matches!(accepted[..], [Accepted::New | Accepted::Duplicate]), "{accepted:?}");
    }
    let bad = changes.iter().filter(|change| change.event_id.as_deref() == Some("evt_15")).cloned().collect::<Vec<_>>();
    assert_eq!(ends(&bad), [(1, "failed"), (2, "failed"), (3, "dead")], "{bad:?}");
    let effects = effects(&inbox).await;
    assert!(effects.iter().all(|(_, times)| *times == 1), "{effects:?}");
    assert!(effects.len() == 211 && !effects.iter().any(|(id, _)| id == "evt_15"), "{}", effects.len());
    assert_eq!(done(&inbox).await, 211);
    assert!(
        changes.iter().filter(|change| change.event_id.as_deref() != Some("evt_15")).all(|change| change.attempt == 1)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_do_not_suffer_for_one_that_fails() {
    in_company(|_| Err(WorkError::retry("no"))).await;
    in_company(|_| panic!("no")).await;
    in_company(|connection| Ok(connection.execute_batch("INSERT INTO once VALUES (1)")?)).await;
    in_company(|connection| Ok(connection.execute_batch("INSERT INTO lines VALUES (7)")?)).await;
    in_company(forever_writing).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_by_hand_that_got_through_acknowledges_nobody_and_doubles_nothing() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let senders: Vec<_> = (0..200)
        .map(|at| {
            let inbox = inbox.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(at / 4)).await;
                inbox.accept(vec![sample_record(&format!("evt_{at}"))]).await.unwrap()
            })
        })
        .collect();
    let worker = inbox.transactional_worker(|event: &Event, connection: &Connection| {
        count(event, connection)?;
        if event.id().is_some_and(|id| id.ends_with('7')) {
            connection.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok::<_, WorkError>(())
    });
    let all_done = async {
        while done(&inbox).await < 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let bounded = async { tokio::time::timeout(LONG, all_done).await.unwrap() };
    // Short leases, since a claim of such a transaction is lost.
    let _ = worker.lease(Duration::from_secs(1)).run_until(bounded).await;
    for sender in senders {
        // It is there, but not by this transaction.
        let accepted = sender.await.unwrap();
        assert!(matches!(accepted[..], [Accepted::New | Accepted::Duplicate]), "{accepted:?}");
    }
    let effects = effects(&inbox).await;
    assert!(effects.len() == 200 && effects.iter().all(|(_, times)| *times == 1), "{effects:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn senders_wait_no_longer_than_the_effects_of_one_transaction_may_take() {
    // Twice twice the time, and the machine's own.
    once_within("a sender", Duration::from_millis(700), longest_wait).await;
}

async fn longest_wait() -> Duration {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let ids: Vec<_> = (0..16).map(|at| format!("evt_{at}")).collect();
    inbox.accept(ids.iter().map(|id| sample_record(id)).collect()).await.unwrap();
    // Sixteen of them at a time have 100 ms each; a sender waits for one transaction before its own, and for its own.
    let accepting = {
        let inbox = inbox.clone();
        tokio::spawn(async move {
            let mut longest = Duration::ZERO;
            for at in 0..20 {
                let begun = Instant::now();
                inbox.accept(vec![sample_record(&format!("late_{at}"))]).await.unwrap();
                longest = longest.max(begun.elapsed());
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            longest
        })
    };
    let changes = work(&inbox, 16 * 3, |event, connection| {
        if event.id().is_some_and(|id| id.starts_with("evt")) { forever(connection) } else { Ok(()) }
    });
    let changes = changes.await;
    let longest = accepting.await.unwrap();
    assert!(changes.len() >= 48, "{}", changes.len());
    longest
}
