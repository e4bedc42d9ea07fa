//! A process that is killed while it accepts and works: nothing that was acknowledged is missing, and all of it is worked.
//!
//! The victim is this same program, run once more. `HOOKPORTER_CRASH_ROUNDS` is how often it is killed.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, WorkError, Worker};
use hookporter_sqlite::{Inbox, Settings};
use hookporter_testkit::inbox::sample_record;
use rusqlite::Connection;
use tokio::runtime::Runtime;

use crate::directory::Directory;

/// Says to the victim where its file is, and which life this is.
pub(crate) const FILE: &str = "HOOKPORTER_CRASH_FILE";
pub(crate) const LIFE: &str = "HOOKPORTER_CRASH_LIFE";

/// What a victim is told: its file, and which life this is.
pub(crate) fn told() -> (PathBuf, String) {
    (PathBuf::from(std::env::var_os(FILE).expect("which file")), std::env::var(LIFE).expect("which life"))
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
#[ignore = "the victim of the test beside it"]
fn victim() {
    let (file, life) = told();
    runtime().block_on(async {
        let inbox = short_log(&life).open(file).await.unwrap();
        for producer in 0..8 {
            tokio::spawn(produce(inbox.clone(), format!("{life}.{producer}"), Duration::ZERO));
        }
        let _ = inbox.worker(quick).concurrency(4).run_until(std::future::pending()).await;
    });
}

/// In every other life the log is so short that it is written back beside the writer all the time.
pub(crate) fn short_log(life: &str) -> Settings {
    let log = if life.ends_with(['1', '3', '5', '7', '9']) { 256 * 1024 } else { 64 * 1024 * 1024 };
    Settings::new().log(log)
}

/// Accepts one event after the other, each of them twice, and says which one is acknowledged.
pub(crate) async fn produce(inbox: impl AcceptingSide, name: String, pause: Duration) {
    for at in 0..usize::MAX {
        let id = format!("{name}.{at}");
        let copies = [inbox.accept(vec![sample_record(&id)]), inbox.accept(vec![sample_record(&id)])];
        let [first, second] = copies;
        assert_eq!((first.await.unwrap(), second.await.unwrap()), (vec![Accepted::New], vec![Accepted::Duplicate]));
        // In one write, so that a kill leaves whole lines and perhaps a piece of one.
        std::io::stdout().write_all(format!("\nacked {id};").as_bytes()).unwrap();
        std::io::stdout().flush().unwrap();
        if pause > Duration::ZERO {
            tokio::time::sleep(pause).await;
        }
    }
}

async fn quick(_: Event) -> Result<(), WorkError> {
    tokio::time::sleep(Duration::from_millis(1)).await;
    Ok(())
}

/// Runs a victim, kills it after `alive`, and gives what it had acknowledged.
pub(crate) fn live_and_die(which: &str, file: &Path, life: usize, alive: Duration) -> Vec<String> {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args([which, "--exact", "--ignored", "--nocapture"])
        .env(FILE, file)
        .env(LIFE, life.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = victim.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut said = Vec::new();
        stdout.read_to_end(&mut said).unwrap();
        String::from_utf8(said).unwrap()
    });
    std::thread::sleep(alive);
    assert!(victim.try_wait().unwrap().is_none(), "the victim ended by itself");
    // SIGKILL: nothing of its own runs any more.
    victim.kill().unwrap();
    victim.wait().unwrap();
    let said = reader.join().unwrap();
    let acked = |line: &str| Some(line.strip_prefix("acked ")?.strip_suffix(';')?.to_owned());
    said.lines().filter_map(acked).collect()
}

/// Any spread of moments does; the process id makes every run another.
pub(crate) fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

pub(crate) fn rounds() -> usize {
    std::env::var("HOOKPORTER_CRASH_ROUNDS").map_or(12, |rounds| rounds.parse().unwrap())
}

#[test]
fn nothing_that_a_killed_process_acknowledged_is_missing_or_left_undone() {
    let rounds = rounds();
    let directory = Directory::new();
    let mut acked = BTreeSet::new();
    let mut seed = u64::from(std::process::id());
    for life in 0..rounds {
        let alive = Duration::from_millis(60 + random(&mut seed) % 300);
        acked.extend(live_and_die("crash::victim", &directory.file(), life, alive));
    }
    // On a machine that had no time for them they live longer.
    for life in rounds..rounds + 20 {
        if acked.len() <= rounds {
            acked.extend(live_and_die("crash::victim", &directory.file(), life, Duration::from_secs(2)));
        }
    }
    assert!(acked.len() > rounds, "the victims hardly lived: {}", acked.len());

    let connection = Connection::open(directory.file()).unwrap();
    let one = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    assert_eq!(one("SELECT count(*) - count(DISTINCT event_id) FROM events"), 0, "one row for each event");
    assert_eq!(one("SELECT count(*) FROM events LEFT JOIN contents ON event = id WHERE event IS NULL"), 0);
    let mut statement = connection.prepare("SELECT event_id FROM events").unwrap();
    let stored: BTreeSet<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let missing: Vec<_> = acked.difference(&stored).collect();
    assert!(missing.is_empty(), "{} acknowledged, {} missing: {missing:?}", acked.len(), missing.len());

    work_the_rest(&directory.file(), |inbox| inbox.worker(quick));
    let (undone, lost) = (
        one("SELECT count(*) FROM events WHERE state != 'done'"),
        one("SELECT count(*) FROM attempts WHERE outcome = 'lost'"),
    );
    assert_eq!(undone, 0, "every stored event is worked");
    println!(
        "{rounds} kills, {} acknowledged, {} stored, {lost} attempts lost and made again",
        acked.len(),
        stored.len()
    );
}

/// Works all that is left.
pub(crate) fn work_the_rest(file: &Path, worker: impl FnOnce(&Inbox) -> Worker) {
    runtime().block_on(async {
        let inbox = Inbox::open(file).await.unwrap();
        let _ = worker(&inbox).concurrency(64).run_until(all_done(file)).await;
    });
}

/// Ends when every event in the file is done.
async fn all_done(file: &Path) {
    let watched = Connection::open(file).unwrap();
    let undone =
        || watched.query_row("SELECT count(*) FROM events WHERE state != 'done'", [], |row| row.get::<_, i64>(0));
    let done = async {
        while undone().unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), done).await.expect("worked within two minutes");
}
