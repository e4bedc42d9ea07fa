//! What was deleted stands in the log no longer than it must, and nobody waits for it who did not ask.

use std::time::Duration;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, Settled, WorkingSide};
use hookporter_sqlite::{Erased, Settings};
use hookporter_testkit::inbox::{START, sample_record};
use rusqlite::Connection;
use tokio::time::Instant;

use crate::directory::Directory;

/// Whether any file of the inbox holds these bytes.
fn holds(directory: &Directory, needle: &[u8]) -> bool {
    let files = std::fs::read_dir(directory.path()).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.into_iter().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
}

fn secret(id: &str) -> hookporter_pipeline::inbox::EventRecord {
    let mut record = sample_record(id);
    record.body = format!("a secret of {id}").into();
    record
}

/// Waits for something that the writer does by itself.
async fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1200 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what}: not within a minute");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_does_not_say_that_all_is_gone_while_the_log_has_it_and_holds_nobody_up() {
    let directory = Directory::new();
    let inbox = hookporter_sqlite::Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![secret("evt_1"), secret("evt_2")]).await.unwrap();
    let reader = Connection::open(directory.file()).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM events").unwrap();

    let erasing = tokio::spawn({
        let inbox = inbox.clone();
        async move { inbox.erase(1).await.unwrap() }
    });
    // Senders meanwhile.
    for at in 0..200 {
        let begun = Instant::now();
        let told = inbox.accept(vec![sample_record(&format!("evt_more_{at}"))]).await.unwrap();
        assert_eq!(told, [Accepted::New]);
        assert!(begun.elapsed() < Duration::from_secs(2), "a sender waited {:?} for the log", begun.elapsed());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(erasing.await.unwrap(), Erased::ButInTheLog { events: 1 });
    assert!(holds(&directory, b"a secret of evt_1"), "the reader is to see it until it ends");

    reader.execute_batch("COMMIT").unwrap();
    soon("the log is emptied", || !holds(&directory, b"a secret of evt_1")).await;
    assert!(holds(&directory, b"a secret of evt_2"));
    assert_eq!(inbox.erase(2).await.unwrap(), Erased::Everywhere { events: 1 }, "nobody reads");
    assert!(!holds(&directory, b"a secret of evt_2"));
}

#[tokio::test]
async fn what_the_sweep_deletes_is_soon_gone_from_the_log_too() {
    let directory = Directory::new();
    let inbox = Settings::new().keep_bytes(1).open(directory.file()).await.unwrap();
    // The secret is at the end of the log, so that it is not overwritten by what follows, and is done.
    let mut filler = sample_record("evt_filler");
    filler.body = vec![b'x'; 1 << 20].into();
    filler.received_at = START.plus(Duration::from_secs(3600));
    inbox.accept(vec![filler]).await.unwrap();
    inbox.accept(vec![secret("evt_1")]).await.unwrap();
    let claim = Claim { now: START, lease: Duration::from_secs(30), most: 1, attempts: 3 };
    let lease = inbox.claim(claim).await.unwrap().leases.remove(0);
    assert!(holds(&directory, b"a secret of evt_1"));
    assert_eq!(inbox.complete(lease.id, START).await.unwrap(), Settled::Done);
    soon("the sweep empties the log", || !holds(&directory, b"a secret of evt_1")).await;
    assert!(inbox.inspect(2).await.unwrap().is_none());
}

#[tokio::test]
async fn stats_say_how_large_the_log_is() {
    let directory = Directory::new();
    let inbox = hookporter_sqlite::Inbox::open(directory.file()).await.unwrap();
    inbox.accept(vec![secret("evt_1")]).await.unwrap();
    let stats = inbox.stats().await.unwrap();
    let on_disk = |suffix: &str| std::fs::metadata(format!("{}{suffix}", directory.file().display())).unwrap().len();
    assert_eq!(stats.log_bytes, on_disk("-wal"));
    assert!(stats.log_bytes > 4096 && stats.used_bytes > 4096, "{stats:?}");
    assert_eq!(stats.file_bytes, stats.used_bytes + stats.free_bytes);
}
