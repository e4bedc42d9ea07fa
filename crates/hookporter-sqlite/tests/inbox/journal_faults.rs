//! What goes wrong with the journal costs rows of it, and nothing else.

use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use hookporter_pipeline::Outcome;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, WorkingSide};
use hookporter_pipeline::journal::Query;
use hookporter_sqlite::{Inbox, Reader};
use hookporter_testkit::inbox::{START, sample_record};
use rusqlite::Connection;
use tokio::time::Instant;

use crate::crash::{live_and_die, runtime, told};
use crate::directory::Directory;
use crate::journal::{entries, forged, github, open, push, record, send, settings};
use crate::strace::is_here;
use crate::waiting::until;

const FILE: &str = "HOOKPORTER_JOURNAL_FILE";
const PUSHES: &str = "HOOKPORTER_JOURNAL_PUSHES";

async fn accept(inbox: &Inbox, id: &str) {
    assert_eq!(inbox.accept(vec![sample_record(id)]).await.unwrap(), [Accepted::New]);
}

#[tokio::test]
async fn what_does_not_fit_is_counted_and_the_rest_is_written_when_it_can() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let journal = inbox.journal().unwrap();
    let other = Connection::open(directory.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begun = Instant::now();
    (0..5000).for_each(|at| journal.observe(&record(at, Outcome::Rejected)));
    // Whoever waits for the lock waits five seconds.
    assert!(begun.elapsed() < Duration::from_millis(4500), "requests waited {:?} for a locked file", begun.elapsed());
    // The writer looks, and leaves them where they are.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(inbox.lost_requests(), 904);
    other.execute_batch("COMMIT").unwrap();
    let found = entries(&directory, 4096).await;
    assert!(found.iter().map(|entry| entry.record.trace.to_bits()).eq(0..4096));
    assert_eq!(Reader::open(directory.file()).unwrap().lost_requests().unwrap(), 904);
    inbox.close().await;
    let inbox = open(&directory).await;
    inbox.journal().unwrap().observe(&record(9999, Outcome::Rejected));
    entries(&directory, 4097).await;
    assert_eq!(inbox.lost_requests(), 904, "the next process knows it");
}

/// SQLite would wait five seconds for the lock, for the journal, and then five more for the sender.
#[tokio::test]
async fn no_sender_waits_while_the_journal_waits_for_a_locked_file() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    let journal = inbox.journal().unwrap();
    // The first sweep, which would wait for the lock, is over when the writer is asked for the second time.
    for _ in 0..2 {
        let claim = Claim { now: START, lease: Duration::from_secs(30), most: 1, attempts: 3 };
        assert!(inbox.claim(claim).await.unwrap().leases.is_empty());
    }
    let other = Connection::open(directory.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    journal.observe(&record(1, Outcome::Rejected));
    tokio::time::sleep(Duration::from_millis(700)).await;
    let begun = Instant::now();
    assert!(inbox.accept(vec![sample_record("evt_1")]).await.is_err());
    assert!(begun.elapsed() < Duration::from_millis(8500), "{:?}", begun.elapsed());
    other.execute_batch("COMMIT").unwrap();
    accept(&inbox, "evt_2").await;
    entries(&directory, 1).await;
}

#[tokio::test]
async fn a_damaged_journal_is_written_no_more_and_events_are_taken() {
    let directory = Directory::new();
    let inbox = open(&directory).await;
    inbox.journal().unwrap().observe(&record(1, Outcome::Rejected));
    accept(&inbox, "evt_1").await;
    entries(&directory, 1).await;
    inbox.close().await;
    let page: u64 = Connection::open(directory.file())
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'requests'", [], |row| row.get::<_, i64>(0))
        .unwrap()
        .try_into()
        .unwrap();
    let mut file = std::fs::File::options().write(true).open(directory.file()).unwrap();
    file.seek(SeekFrom::Start((page - 1) * 4096)).unwrap();
    file.write_all(&[0xff; 4096]).unwrap();
    drop(file);
    let inbox = open(&directory).await;
    let endpoint = github(&inbox);
    for at in 0..8 {
        assert_eq!(send(&endpoint, &push(&at.to_string())).await, 200);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(inbox.set_aside(), None);
    until("a row is lost", async || inbox.lost_requests() > 0).await;
    assert_eq!(inbox.stats().await.unwrap().waiting, 9);
}

#[tokio::test]
async fn strangers_cannot_fill_a_bounded_file_through_the_journal() {
    let directory = Directory::new();
    let limit = 2 * 1024 * 1024;
    let inbox = settings().file_limit(limit).open(directory.file()).await.unwrap();
    let journal = inbox.journal().unwrap();
    for round in 0..20_u64 {
        let long = |at| {
            let mut record = (*record(round * 1000 + at, Outcome::Rejected)).clone();
            record.path = "x".repeat(1024);
            record.headers = vec![("user-agent".to_owned(), "y".repeat(1024)); 8];
            std::sync::Arc::new(record)
        };
        (0..1000).for_each(|at| journal.observe(&long(at)));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    accept(&inbox, "evt_1").await;
    let used = inbox.stats().await.unwrap().used_bytes;
    assert!(used < limit / 4, "{used} bytes");
    assert!(Reader::open(directory.file()).unwrap().entries(&Query::new(), u64::MAX, 10_000).unwrap().len() <= 100);
}

#[tokio::test]
async fn accepted_requests_stay_however_many_others_come() {
    let directory = Directory::new();
    let inbox = settings().most_requests(200).open(directory.file()).await.unwrap();
    let journal = inbox.journal().unwrap();
    (0..100).for_each(|at| journal.observe(&record(at, Outcome::Accepted)));
    for at in 0..3000 {
        journal.observe(&record(1000 + at, if at % 2 == 0 { Outcome::Rejected } else { Outcome::Duplicate }));
    }
    inbox.close().await;
    let of = |from: u64, to: u64| (from..to).collect::<Vec<_>>();
    let traces = || {
        let found = Reader::open(directory.file()).unwrap().entries(&Query::new(), u64::MAX, 10_000).unwrap();
        found.iter().rev().map(|entry| entry.record.trace.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(traces(), [of(0, 100), of(3980, 4000)].concat());
    // Accepted ones push out their like, also in the next process.
    let inbox = settings().most_requests(200).open(directory.file()).await.unwrap();
    let journal = inbox.journal().unwrap();
    (0..100).for_each(|at| journal.observe(&record(5000 + at, Outcome::Accepted)));
    inbox.close().await;
    assert_eq!(traces(), [of(20, 100), of(3980, 4000), of(5000, 5100)].concat());
}

#[test]
#[ignore = "the victim of the test beside it"]
fn victim() {
    let (file, life) = told();
    runtime().block_on(async {
        let inbox = settings().open(file).await.unwrap();
        let endpoint = github(&inbox);
        for at in 0..usize::MAX {
            assert_eq!(send(&endpoint, &push(&format!("{life}.{at}"))).await, 200);
            assert_eq!(send(&endpoint, &forged()).await, 401);
            println!("\nacked {life}.{at};");
        }
    });
}

#[test]
fn a_kill_leaves_a_sound_file_and_rows_that_tell_the_truth() {
    let directory = Directory::new();
    let mut lived = 0..40;
    let mut well = 0;
    while well < 5 {
        // On a machine that has no time for them they live longer.
        let life = lived.next().expect("the victims hardly lived");
        let alive = Duration::from_millis(if life < 5 { 900 } else { 4000 });
        let acked = live_and_die("journal_faults::victim", &directory.file(), life, alive).len();
        runtime().block_on(async { open(&directory).await.close().await });
        let connection = Connection::open(directory.file()).unwrap();
        let ask = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok");
        // Each row leads to the event that it tells of, by number and by trace.
        let wrong = "SELECT count(*) FROM requests LEFT JOIN contents ON contents.event = requests.event \
            WHERE outcome = 'accepted' AND contents.trace IS NOT requests.trace";
        assert_eq!(ask(wrong), 0);
        assert_eq!(ask("SELECT count(*) FROM requests WHERE outcome = 'accepted' AND event IS NULL"), 0);
        well += usize::from(acked > 20 && ask("SELECT count(*) FROM requests") > 20);
    }
}

#[test]
#[ignore = "the victim of the tests beside it"]
fn disk_victim() {
    let file = PathBuf::from(std::env::var_os(FILE).expect("which file"));
    runtime().block_on(async {
        let inbox = settings().open(file).await.unwrap();
        let endpoint = github(&inbox);
        println!("\nbegun");
        let pushes: usize = std::env::var(PUSHES).unwrap().parse().unwrap();
        for at in 0..pushes {
            assert_eq!(send(&endpoint, &push(&at.to_string())).await, 200);
        }
        tokio::time::sleep(Duration::from_millis(900)).await;
        println!("\nforging");
        for _ in 0..200 {
            assert_eq!(send(&endpoint, &forged()).await, 401);
        }
        tokio::time::sleep(Duration::from_millis(900)).await;
        println!("\nforged");
        for at in 60..70 {
            assert_eq!(send(&endpoint, &push(&at.to_string())).await, 200);
        }
        println!("\nlost {};", inbox.lost_requests());
        inbox.close().await;
    });
}

/// Runs a victim that sends so many pushes before it forges some.
fn disk(file: &std::path::Path, pushes: usize, arguments: &[&str]) -> (String, String) {
    let log = file.with_extension("strace");
    let output = Command::new("strace")
        .args(["-f", "-o"])
        .arg(&log)
        .args(arguments)
        .arg(std::env::current_exe().unwrap())
        .args(["journal_faults::disk_victim", "--exact", "--ignored", "--nocapture"])
        .env(FILE, file)
        .env(PUSHES, pushes.to_string())
        .output()
        .expect("strace is installed");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    (said, std::fs::read_to_string(log).unwrap())
}

#[test]
fn every_acknowledgement_is_synced_and_no_row_of_the_journal_is() {
    if !is_here("counting syncs") {
        return;
    }
    let directory = Directory::new();
    let (_, calls) = disk(&directory.file(), 60, &["-e", "trace=fdatasync,fsync,write"]);
    // A call that another thread's came into stands in two lines, of which the first has its name and its bracket.
    let syncs = |part: &str| part.lines().filter(|line| line.contains("sync(")).count();
    let (_, rest) = calls.split_once("nbegun").unwrap();
    let (before, rest) = rest.split_once("nforging").unwrap();
    let (meanwhile, after) = rest.split_once("nforged").unwrap();
    let counts = (syncs(before), syncs(meanwhile), syncs(after));
    // Closing and writing back cost a few more.
    assert!((60..75).contains(&counts.0), "{counts:?}");
    // The log's head, where it is begun anew.
    assert!(counts.1 <= 1, "{counts:?}");
    assert!((10..25).contains(&counts.2), "{counts:?}");
}

#[test]
fn a_disk_that_is_full_for_the_journal_costs_rows_and_nothing_else() {
    if !is_here("a full disk") {
        return;
    }
    let directory = Directory::new();
    // Nothing before that whose number of writes would depend on the time.
    let (_, calls) = disk(&directory.file(), 0, &["-e", "trace=pwrite64,write"]);
    let (before, _) = calls.split_once("nforging").unwrap();
    let writes = before.lines().filter(|line| line.contains("pwrite64(")).count();
    let directory = Directory::new();
    let inject = format!("inject=pwrite64:error=ENOSPC:when={}", writes + 3);
    let (said, calls) = disk(&directory.file(), 0, &["-e", "trace=pwrite64,write", "-e", &inject]);
    let (_, rest) = calls.split_once("nforging").unwrap();
    assert!(rest.split_once("nforged").unwrap().0.contains("ENOSPC"), "the disk was full at another time");
    assert!(!said.contains("lost 0;"), "{said}");
    let reader = Reader::open(directory.file()).unwrap();
    assert_eq!(reader.stats().unwrap().waiting, 10);
}
