//! Events that a newer release has written.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, ChangeKind, EventRecord, WorkError, Worker};
use hookporter_sqlite::{Inbox, Reader, State};
use hookporter_testkit::inbox::sample_record;
use rusqlite::Connection;

use crate::directory::Directory;
use crate::waiting::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_wait_for_it_with_their_lane_and_no_attempt_is_counted() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    let (mut newer, mut behind) = (sample_record("evt_1"), sample_record("evt_2"));
    newer.format = EventRecord::FORMAT + 1;
    (newer.lane, behind.lane) = (Some("a".to_owned()), Some("a".to_owned()));
    inbox.accept(vec![newer, behind]).await.unwrap();
    for worker in 1..=3 {
        let changes = Arc::new(Mutex::new(Vec::new()));
        let told = changes.clone();
        let running: Worker = inbox.worker::<_, _, WorkError>(|_: Event| async { panic!("it was worked") });
        let running = running.attempts(1).on_change(move |change| told.lock().unwrap().push(change.clone()));
        let looked = async {
            if worker == 1 {
                until("it is told of", async || !changes.lock().unwrap().is_empty()).await;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        };
        let _ = running.run_until(looked).await;
        let changes = std::mem::take(&mut *changes.lock().unwrap());
        if worker == 1 {
            assert_eq!(changes[0].error.as_deref(), Some("a newer release wrote this event"));
            assert!(matches!(changes[0].kind, ChangeKind::Failed(due) if due > SystemClock.now()));
        }
        assert_eq!(changes.len(), usize::from(worker == 1), "it is left alone until then");
    }
    let waiting = inbox.list(State::Waiting, 0, 10).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].attempts), (2, 0));
    assert_eq!(waiting[0].last_error.as_deref(), Some("a newer release wrote this event"));
    assert_eq!(waiting[1].due_at, None, "its lane waits with it");
    assert!(Reader::open(directory.file()).unwrap().attempts(1).unwrap().is_empty());
    let epoch = "SELECT epoch FROM events WHERE id = 1";
    let epoch: i64 = Connection::open(directory.file()).unwrap().query_row(epoch, [], |row| row.get(0)).unwrap();
    assert_eq!(epoch, 1, "it was claimed once");

    inbox.close().await;
    let inbox = Inbox::open(directory.file()).await.unwrap();
    assert!(
        inbox.list(State::Waiting, 0, 1).await.unwrap()[0].due_at.unwrap() <= SystemClock.now(),
        "this may be the one"
    );
}
