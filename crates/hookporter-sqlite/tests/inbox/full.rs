//! No room, another program's lock, and a file that breaks while it is open.

use std::io::{Seek, SeekFrom, Write};
use std::time::Duration;

use hookporter_core::{Clock, Reason, SystemClock};
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, WorkingSide};
use hookporter_sqlite::{Inbox, Settings};
use hookporter_testkit::inbox::sample_record;
use rusqlite::Connection;

use crate::directory::Directory;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_at_once_and_takes_again_when_there_is_room() {
    let directory = Directory::new();
    let inbox = Settings::new().queue(4, 1 << 20).open(directory.file()).await.unwrap();
    // Somebody else writes: the writer waits, and the queue fills.
    let other = Connection::open(directory.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let first = inbox.accept(vec![sample_record("evt_first")]);
    tokio::time::sleep(Duration::from_millis(100)).await;
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

#[tokio::test]
async fn a_file_that_breaks_while_it_is_open_acknowledges_nothing_more() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    // More than the connection remembers.
    for at in 0..100 {
        let mut record = sample_record(&format!("evt_{at}"));
        record.body = vec![b'x'; 60_000].into();
        assert_eq!(inbox.accept(vec![record]).await.unwrap(), [Accepted::New]);
    }
    // An idle moment later everything is in the file itself, and then a part is rubbish that only claims read.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let bytes = std::fs::metadata(directory.file()).unwrap().len();
    assert!(bytes > 6_000_000, "the idle writer has written the log back: {bytes}");
    let mut file = std::fs::OpenOptions::new().write(true).open(directory.file()).unwrap();
    file.seek(SeekFrom::Start(1_000_000)).unwrap();
    file.write_all(&vec![0xa5; 4_000_000]).unwrap();
    let claim = Claim { now: SystemClock.now(), lease: Duration::from_secs(30), most: 100, attempts: 3 };
    assert!(inbox.claim(claim).await.is_err(), "the claim read rubbish and believed it");
    for at in 100..110 {
        let error = inbox.accept(vec![sample_record(&format!("evt_{at}"))]).await.unwrap_err();
        assert_eq!(error.kind(), Reason::HandoffFailed);
    }
}
