//! Effects on a disk that fails, again and again: whatever SQLite could not say of a commit, each effect is there once.
//!
//! The victim is this same program, run once more under `strace`, which must be installed.

use std::process::Command;
use std::time::Duration;

use hookporter_pipeline::inbox::{AcceptingSide, Backoff};
use hookporter_sqlite::Inbox;
use hookporter_testkit::inbox::sample_record;
use rusqlite::Connection;

use crate::crash::{FILE, LIFE, runtime, told};
use crate::directory::Directory;
use crate::effect::count;

const EVENTS: i64 = 24;

#[test]
#[ignore = "the victim of the test beside it"]
fn victim() {
    let (file, _) = told();
    runtime().block_on(async {
        let inbox = Inbox::open(file).await.unwrap();
        let worker = inbox.transactional_worker(count).concurrency(3).attempts(1000);
        let worker = worker.backoff(Backoff::new(Duration::from_millis(1), Duration::from_millis(1)));
        let done = async {
            let sql = "SELECT count(*) FROM events WHERE state = 'done'";
            let done = || inbox.with_connection(|connection| connection.query_row(sql, [], |row| row.get::<_, i64>(0)));
            while !done().await.is_ok_and(|done| done == EVENTS) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let _ = worker.run_until(done).await;
        inbox.close().await;
    });
}

/// Works all events under `strace` with this injection; how many attempts failed.
fn works_in_spite_of(injection: &str, says: &str) -> i64 {
    let directory = Directory::new();
    let file = directory.file();
    runtime().block_on(async {
        let inbox = Inbox::open(&file).await.unwrap();
        let table = "CREATE TABLE effects (event TEXT PRIMARY KEY, times INTEGER NOT NULL)";
        inbox.with_connection(|connection| connection.execute_batch(table)).await.unwrap();
        inbox.accept((0..EVENTS).map(|at| sample_record(&format!("evt_{at}"))).collect()).await.unwrap();
        inbox.close().await;
    });
    let log = file.with_extension("strace");
    let output = Command::new("strace")
        .args(["-f", "-o"])
        .arg(&log)
        .args(["-e", "trace=fdatasync,fsync,pwrite64", "-e", injection])
        .arg(std::env::current_exe().unwrap())
        .args(["effect_disk::victim", "--exact", "--ignored", "--nocapture"])
        .env(FILE, &file)
        .env(LIFE, "0")
        .output()
        .expect("strace is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let failed = std::fs::read_to_string(log).unwrap().matches(says).count();
    assert!(failed > 3, "the disk failed {failed} times only");

    let connection = Connection::open(file).unwrap();
    let one = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let (done, effects) =
        (one("SELECT count(*) FROM events WHERE state = 'done'"), one("SELECT count(*) FROM effects"));
    assert_eq!((done, effects), (EVENTS, EVENTS));
    assert_eq!(one("SELECT count(*) FROM effects WHERE times = 1"), EVENTS, "one effect for each");
    one("SELECT count(*) FROM attempts WHERE outcome = 'failed'")
}

#[test]
fn a_sync_that_fails_doubles_no_effect_and_loses_none() {
    // Claims fail, effects fail, and what is said of either.
    let failed = works_in_spite_of("inject=fdatasync,fsync:error=EIO:when=9+8", "EIO");
    assert!(failed > 0, "no effect met with it");
}

#[test]
fn a_full_disk_doubles_no_effect_and_loses_none() {
    works_in_spite_of("inject=pwrite64:error=ENOSPC:when=30+31", "ENOSPC");
}
