//! Replays, and the verdict of each event against its last attempt before.

use hookporter_pipeline::inbox::{AcceptingSide, Failure, Next, Settled, WorkingSide};
use hookporter_sqlite::{Inbox, Mender, Reader, Selection, State, Verdict};
use hookporter_testkit::inbox::{START, sample_record};

use crate::directory::Directory;
use crate::mender::claim;

/// Works everything that is due: those of these numbers fail for good, the others succeed.
async fn work(inbox: &Inbox, failing: &[i64]) {
    for lease in claim(inbox).await {
        let settled = if failing.contains(&lease.id.number) {
            let error = format!("{} fails", lease.id.number);
            inbox.fail(lease.id, Failure { now: START, error, next: Next::Dead }).await
        } else {
            inbox.complete(lease.id, START).await
        };
        assert_eq!(settled.unwrap(), Settled::Done);
    }
}

fn verdicts(reader: &Reader, replay: i64) -> Vec<(i64, Verdict)> {
    let all = reader.verdicts(replay, 0, 100).unwrap();
    all.iter().map(|one| (one.event, one.verdict)).collect()
}

#[tokio::test]
async fn each_event_is_told_apart_by_how_it_went_before() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept((1..=4).map(|n| sample_record(&format!("evt_{n}"))).collect()).await.unwrap();
    work(&inbox, &[1, 2]).await;
    let mut untried = sample_record("evt_5");
    untried.parked = true;
    inbox.accept(vec![untried, sample_record("evt_6")]).await.unwrap();

    let (mender, reader) = (Mender::open(directory.file()).unwrap(), Reader::open(directory.file()).unwrap());
    assert_eq!(mender.count_to_replay(&Selection::all()).unwrap(), 4);
    let first = mender.replay(&Selection::all(), Some("the account is there"), START).unwrap().unwrap();
    assert_eq!(verdicts(&reader, first), [1, 2, 3, 4].map(|event| (event, Verdict::Pending)), "what was tried before");
    let listed = &reader.replays(10).unwrap()[0];
    assert_eq!((listed.number, listed.events, listed.reason.as_deref()), (first, 4, Some("the account is there")));

    work(&inbox, &[2, 3]).await;
    use Verdict::{Fixed, Regressed, StillFailing, StillPassing};
    assert_eq!(verdicts(&reader, first), [(1, Fixed), (2, StillFailing), (3, Regressed), (4, StillPassing)]);
    let all = reader.verdicts(first, 2, 1).unwrap();
    assert_eq!((all.len(), all[0].event, all[0].state), (1, 3, State::Dead));
    assert_eq!(all[0].error.as_deref(), Some("3 fails"));

    // A second one goes by what the first has brought, and the first keeps its own.
    let second = inbox.replay(Selection::all().numbers([1, 3, 5]), None, START).await.unwrap().unwrap();
    work(&inbox, &[1]).await;
    assert_eq!(verdicts(&reader, second), [(1, Regressed), (3, Fixed)]);
    assert_eq!(verdicts(&reader, first), [(1, Fixed), (2, StillFailing), (3, Regressed), (4, StillPassing)]);
    assert_eq!(reader.replays(10).unwrap().iter().map(|one| one.number).collect::<Vec<_>>(), [second, first]);
    assert_eq!(inbox.erase(1).await.unwrap().events(), 1);
    assert_eq!(verdicts(&reader, second), [(3, Fixed)]);
}

#[tokio::test]
async fn a_replayed_event_has_the_same_bytes_and_its_attempts_again() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    work(&inbox, &[1]).await;
    let mender = Mender::open(directory.file()).unwrap();
    assert!(mender.replay(&Selection::all().endpoint("another"), None, START).unwrap().is_none());
    assert!(mender.replay(&Selection::all(), None, START).unwrap().is_some());
    let lease = claim(&inbox).await.remove(0);
    assert_eq!((lease.attempt, &lease.record), (1, &sample_record("evt_1")));
    assert!(mender.replay(&Selection::all(), None, START).unwrap().is_none(), "a worker has it");
}

/// The verdict goes by the latest attempt; one that was given back was none.
#[tokio::test]
async fn a_verdict_follows_the_attempts() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    work(&inbox, &[1]).await;
    let reader = Reader::open(directory.file()).unwrap();
    let replay = inbox.replay(Selection::all(), None, START).await.unwrap().unwrap();
    let given_back = claim(&inbox).await[0].id;
    assert_eq!(inbox.release(given_back, START).await.unwrap(), Settled::Done);
    assert_eq!(verdicts(&reader, replay), [(1, Verdict::Pending)]);
    let again = Failure { now: START, error: "busy".to_owned(), next: Next::Due(START) };
    let failing = claim(&inbox).await[0].id;
    assert_eq!(verdicts(&reader, replay), [(1, Verdict::Pending)], "it is under way");
    assert_eq!(inbox.fail(failing, again).await.unwrap(), Settled::Done);
    assert_eq!(verdicts(&reader, replay), [(1, Verdict::StillFailing)]);
    work(&inbox, &[]).await;
    assert_eq!(verdicts(&reader, replay), [(1, Verdict::Fixed)]);
}

/// An event that cannot be read has no attempt, and its verdict must not be waited for.
#[tokio::test]
async fn what_cannot_be_read_is_still_failing() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![sample_record("evt_1")]).await.unwrap();
    work(&inbox, &[1]).await;
    let replay = inbox.replay(Selection::all(), None, START).await.unwrap().unwrap();
    let outside = rusqlite::Connection::open(directory.file()).unwrap();
    outside.execute_batch("UPDATE contents SET target = x'ff'").unwrap();
    assert!(claim(&inbox).await.is_empty());
    let reader = Reader::open(directory.file()).unwrap();
    let verdict = &reader.verdicts(replay, 0, 10).unwrap()[0];
    assert_eq!((verdict.verdict, verdict.state), (Verdict::StillFailing, State::Dead));
    assert!(verdict.error.as_ref().unwrap().starts_with("its contents cannot be read"), "{verdict:?}");
}
