//! The victims: this same program, run once more, and watched.
//!
//! Each says what it is about to send and what was acknowledged, in one write a line, so that it stands in the recording
//! where it belongs.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide, EventRecord, WorkError};
use hookporter_pipeline::{Event, Outcome};
use hookporter_sqlite::{Inbox, Settings};
use hookporter_testkit::inbox::sample_record;
use rusqlite::Connection;
use tokio::sync::Notify;

/// Where the victim's file is, what it is to do, and which events it is to send again.
pub(super) const FILE: &str = "HOOKPORTER_POWER_FILE";
pub(super) const LIFE: &str = "HOOKPORTER_POWER_LIFE";
pub(super) const AGAIN: &str = "HOOKPORTER_POWER_AGAIN";

const PRODUCERS: usize = 6;

#[test]
#[ignore = "the victim of the tests beside it"]
fn victim() {
    let file = PathBuf::from(std::env::var_os(FILE).expect("which file"));
    let again = std::env::var(AGAIN).unwrap_or_default();
    let again: Vec<&str> = again.split_whitespace().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match &*std::env::var(LIFE).expect("which life") {
        "first" => runtime.block_on(first(&file)),
        "second" => runtime.block_on(second(&file, &again)),
        "alone" => runtime.block_on(alone(&file, "alone", &again)),
        "not synced" => not_synced(&file),
        "not named" => not_named(&file),
        other => panic!("no life is called {other}"),
    }
}

/// One line. It ends in a line end, so it is written at once, and whole.
fn say(word: &str, id: &str) {
    std::io::stdout().lock().write_all(format!("\n{word} {id}\n").as_bytes()).unwrap();
}

/// Bodies of many lengths, some of them in pages of their own. The id is at both ends.
fn record(id: &str) -> EventRecord {
    let length = id.bytes().fold(7_usize, |sum, byte| sum * 31 % 6007 + usize::from(byte));
    let mut record = sample_record(id);
    record.body = format!("{id}{}{id}", "-".repeat(length)).into();
    record
}

async fn send(inbox: &Inbox, id: &str) -> Accepted {
    say("sent", id);
    let told = inbox.accept(vec![record(id)]).await.unwrap();
    say("acked", id);
    // The journal writes between acknowledgements, and syncs nothing.
    inbox.journal().unwrap().observe(&crate::journal::record(1, Outcome::Rejected));
    told[0]
}

async fn work(event: Event) -> Result<(), WorkError> {
    say("worked", event.id().unwrap());
    Ok(())
}

/// Bursts from several producers, with pauses in which the writer writes the log back into the file and begins it anew.
async fn bursts(inbox: &Inbox, life: &str, count: usize) {
    for burst in 0..count {
        let producers = (0..PRODUCERS).map(|producer| {
            let (inbox, life) = (inbox.clone(), life.to_owned());
            tokio::spawn(async move {
                for at in 0..=burst % 4 {
                    let told = send(&inbox, &format!("{life}.{burst}.{producer}.{at}")).await;
                    assert_eq!(told, Accepted::New);
                }
            })
        });
        for producer in producers.collect::<Vec<_>>() {
            producer.await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(if burst % 3 == 0 { 120 } else { 5 })).await;
    }
}

/// Bursts, and a worker beside them; closed in the end, so that the log is gone.
async fn lived(inbox: Inbox, life: &str, count: usize) {
    let over = Arc::new(Notify::new());
    let its_over = over.clone();
    let worker = inbox.worker(work).concurrency(4);
    let worker = tokio::spawn(worker.run_until(async move { its_over.notified().await }));
    bursts(&inbox, life, count).await;
    over.notify_one();
    let _ = worker.await.unwrap();
    inbox.close().await;
}

/// Goes on until it is killed.
async fn first(file: &Path) {
    lived(Inbox::open(file).await.unwrap(), "first", 300).await;
}

/// Sends again what nobody acknowledged; goes on; closes, opens once more and sweeps bodies away; goes on.
async fn second(file: &Path, again: &[&str]) {
    let inbox = Inbox::open(file).await.unwrap();
    for id in again {
        send(&inbox, id).await;
    }
    lived(inbox, "second", 16).await;
    // So short a log is written back beside the writer all the time, too.
    let inbox = Settings::new().keep_bodies(Duration::from_millis(1)).log(128 * 1024).open(file).await.unwrap();
    lived(inbox, "third", 16).await;
}

/// One sender and no worker. What it is told of an event that comes again is said, too.
async fn alone(file: &Path, life: &str, again: &[&str]) {
    let inbox = Inbox::open(file).await.unwrap();
    for id in again {
        let told = send(&inbox, id).await;
        say("told", &format!("{id}:{told:?}"));
    }
    for at in 0..20 {
        send(&inbox, &format!("{life}.{}.{at}", again.len())).await;
    }
    inbox.close().await;
}

/// SQLite with a setting that many a queue has: a commit is not synced.
fn not_synced(file: &Path) {
    let connection = Connection::open(file).unwrap();
    let setting = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 50;";
    connection.execute_batch(setting).unwrap();
    connection.execute_batch("CREATE TABLE events (event_id TEXT PRIMARY KEY)").unwrap();
    for at in 0..120 {
        let id = format!("normal.{at}");
        say("sent", &id);
        connection.execute("INSERT INTO events (event_id) VALUES (?1)", [&id]).unwrap();
        say("acked", &id);
    }
}

/// A log that syncs each line, and never the directory in which it made its file.
fn not_named(file: &Path) {
    let mut log = File::options().create_new(true).append(true).open(file).unwrap();
    for at in 0..40 {
        let id = format!("named.{at}");
        say("sent", &id);
        log.write_all(format!("{id}\n").as_bytes()).unwrap();
        log.sync_data().unwrap();
        say("acked", &id);
    }
}
