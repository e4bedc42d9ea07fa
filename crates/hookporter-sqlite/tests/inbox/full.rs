//! No room in the queue, and another program's lock.

use hookporter_core::Reason;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_sqlite::Settings;
use hookporter_testkit::inbox::sample_record;
use rusqlite::Connection;

use crate::directory::Directory;
use crate::waiting::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_at_once_and_takes_again_when_there_is_room() {
    let directory = Directory::new();
    let inbox = Settings::new().queue(4, 1 << 20).open(directory.file()).await.unwrap();
    // Somebody else writes: the writer waits, and the queue fills.
    let other = Connection::open(directory.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let first = inbox.accept(vec![sample_record("evt_first")]);
    until("the writer takes the first", async || inbox.queue_depth().0 == 0).await;
    let waiting: Vec<_> = (0..4).map(|at| inbox.accept(vec![sample_record(&format!("evt_{at}"))])).collect();
    let error = inbox.accept(vec![sample_record("evt_5")]).await.unwrap_err();
    assert_eq!(error.kind(), Reason::HandoffFull);
    assert_eq!(inbox.queue_depth().0, 4);
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(first.await.unwrap(), [Accepted::New]);
    for waiting in waiting {
        assert_eq!(waiting.await.unwrap(), [Accepted::New]);
    }
    assert_eq!(inbox.accept(vec![sample_record("evt_5")]).await.unwrap(), [Accepted::New]);
}
