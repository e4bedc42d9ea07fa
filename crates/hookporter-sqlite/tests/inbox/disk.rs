//! A disk that fails: `strace` makes a system call of a victim fail, and the victim goes on.
//!
//! The victim is this same program, run once more under `strace`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_sqlite::Inbox;
use hookporter_testkit::inbox::sample_record;
use rusqlite::Connection;

use crate::directory::Directory;
use crate::strace::is_here;

const FILE: &str = "HOOKPORTER_DISK_FILE";
const EVENTS: usize = 60;

#[test]
#[ignore = "the victim of the tests beside it"]
fn victim() {
    let file = PathBuf::from(std::env::var_os(FILE).expect("which file"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let inbox = Inbox::open(file).await.unwrap();
        for at in 0..EVENTS {
            let id = format!("evt_{at}");
            match inbox.accept(vec![sample_record(&id)]).await {
                Ok(told) => assert_eq!(told, [Accepted::New]),
                Err(error) => {
                    println!("\nrefused {id}: {}", std::error::Error::source(&error).unwrap());
                    // As a sender does: later, and again.
                    tokio::time::sleep(Duration::from_millis(1200)).await;
                    inbox.accept(vec![sample_record(&id)]).await.expect("the inbox has recovered");
                }
            }
            println!("\nacked {id}");
        }
        inbox.close().await;
    });
}

/// What a victim said, and what `strace` wrote.
struct Trace {
    refused: Vec<String>,
    calls: String,
}

/// Runs a victim under `strace` with these arguments, to its end; all that it acknowledged is in the file.
fn run(file: &Path, arguments: &[&str]) -> Trace {
    let log = file.with_extension("strace");
    let output = Command::new("strace")
        .args(["-f", "-o"])
        .arg(&log)
        .args(arguments)
        .arg(std::env::current_exe().unwrap())
        .args(["disk::victim", "--exact", "--ignored", "--nocapture"])
        .env(FILE, file)
        .output()
        .expect("strace is installed");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let lines = |word: &str| -> Vec<String> {
        said.lines().filter_map(|line| Some(line.strip_prefix(word)?.to_owned())).collect()
    };
    let acked: BTreeSet<_> = lines("acked ").into_iter().collect();
    assert_eq!(acked.len(), EVENTS, "{said}");
    let connection = Connection::open(file).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let mut statement = connection.prepare("SELECT event_id FROM events").unwrap();
    let stored: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(stored.len(), EVENTS, "one row for each event");
    assert_eq!(stored.into_iter().collect::<BTreeSet<_>>(), acked);
    Trace { refused: lines("refused "), calls: std::fs::read_to_string(log).unwrap() }
}

#[test]
fn one_sender_costs_one_sync_an_event() {
    if !is_here("counting syncs") {
        return;
    }
    let directory = Directory::new();
    let trace = run(&directory.file(), &["-e", "trace=fdatasync,fsync"]);
    assert!(trace.refused.is_empty());
    // One that another thread's call interrupted has a second line, which does not say this.
    let syncs = trace.calls.lines().filter(|line| line.contains("sync(")).count();
    // Opening, closing and writing back cost some more, the longer a busy machine takes; a second sync for each would be all of these.
    assert!((EVENTS..2 * EVENTS).contains(&syncs), "{syncs} syncs for {EVENTS} events");
}

#[test]
fn after_a_sync_that_fails_the_file_is_opened_anew_and_nobody_was_acknowledged() {
    if !is_here("a sync that fails") {
        return;
    }
    let directory = Directory::new();
    let trace = run(
        &directory.file(),
        &["-e", "trace=fdatasync,fsync,openat", "-e", "inject=fdatasync,fsync:error=EIO:when=30"],
    );
    let [refused] = &trace.refused[..] else { panic!("{:?}", trace.refused) };
    assert!(refused.contains("disk I/O error"), "{refused}");
    let mut after = trace.calls.lines().skip_while(|line| !line.contains("EIO"));
    assert!(after.next().is_some(), "no sync failed");
    assert!(after.any(|line| line.contains("openat") && line.contains("hooks.db\"")), "the file is not opened anew");
}

#[test]
fn a_full_disk_refuses_and_recovers_by_itself() {
    if !is_here("a full disk") {
        return;
    }
    let directory = Directory::new();
    // The file is there already: how many writes it takes to make one depends on its form, and this one is to fail for an event.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { Inbox::open(directory.file()).await.unwrap().close().await });
    let trace = run(&directory.file(), &["-e", "trace=pwrite64", "-e", "inject=pwrite64:error=ENOSPC:when=80"]);
    let [refused] = &trace.refused[..] else { panic!("{:?}", trace.refused) };
    assert!(refused.contains("database or disk is full"), "{refused}");
}
