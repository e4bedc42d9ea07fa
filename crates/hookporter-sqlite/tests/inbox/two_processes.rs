//! One process accepts, one works, and either is killed at random: nothing that was acknowledged is missing, all of it is worked,
//! and nothing is worked by two at once.
//!
//! Both are this same program, run once more; the workers keep a diary together with the test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::WorkError;
use hookporter_sqlite::{AcceptingInbox, WorkingInbox};
use rusqlite::Connection;

use crate::crash::{FILE, LIFE, produce, random, rounds, runtime, short_log, told};
use crate::directory::Directory;

/// A line in the diary, in one write: whole, and in the order of time.
fn note(file: &Path, line: &str) {
    let diary = file.with_extension("diary");
    let mut diary = OpenOptions::new().create(true).append(true).open(diary).unwrap();
    diary.write_all(format!("{line}\n").as_bytes()).unwrap();
}

#[test]
#[ignore = "a process of the test beside it"]
fn accepting() {
    let (file, life) = told();
    runtime().block_on(async {
        let inbox = short_log(&life).open_accepting(file).await.unwrap();
        // No faster than they are worked, so that what is given out wrongly is worked at once.
        let pause = Duration::from_millis(5);
        let produce = |at| tokio::spawn(produce(inbox.clone(), format!("{life}.{at}"), pause));
        let producers: Vec<_> = (0..4).map(produce).collect();
        for producer in producers {
            producer.await.unwrap();
        }
    });
}

#[test]
#[ignore = "a process of the test beside it"]
fn working() {
    let (file, life) = told();
    runtime().block_on(async {
        let inbox = WorkingInbox::open(&file).await.unwrap();
        let worker = inbox.worker(move |event: Event| {
            let (file, life, number) = (file.clone(), life.clone(), event.number().unwrap());
            async move {
                note(&file, &format!("begin {number} {life}"));
                // Some take so long that the other process starts anew meanwhile.
                tokio::time::sleep(Duration::from_millis(if number % 10 == 0 { 400 } else { 2 })).await;
                note(&file, &format!("end {number} {life}"));
                Ok::<_, WorkError>(())
            }
        });
        let _ = worker.concurrency(200).run_until(std::future::pending()).await;
    });
}

/// A process, and what it says.
struct Side {
    which: &'static str,
    file: PathBuf,
    lives: usize,
    child: Child,
    said: Option<JoinHandle<String>>,
}

impl Side {
    fn start(which: &'static str, file: &Path, lives: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([&*format!("two_processes::{which}"), "--exact", "--ignored", "--nocapture"])
            .env(FILE, file)
            .env(LIFE, lives.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let said = std::thread::spawn(move || {
            let mut said = Vec::new();
            stdout.read_to_end(&mut said).unwrap();
            String::from_utf8_lossy(&said).into_owned()
        });
        Self { which, file: file.to_owned(), lives, child, said: Some(said) }
    }

    /// Kills it with SIGKILL; what it had acknowledged.
    fn kill(mut self) -> BTreeSet<String> {
        assert!(self.child.try_wait().unwrap().is_none(), "{} ended by itself", self.which);
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        if self.which == "working" {
            note(&self.file, &format!("killed 0 {}", self.lives));
        }
        let said = self.said.take().unwrap().join().unwrap();
        let acked = |line: &str| Some(line.strip_prefix("acked ")?.strip_suffix(';')?.to_owned());
        said.lines().filter_map(acked).collect()
    }
}

/// Also where the test fails.
impl Drop for Side {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn either_of_two_processes_may_be_killed_at_any_moment() {
    let directory = Directory::new();
    let file = directory.file();
    // The accepting side makes the file.
    runtime().block_on(async { AcceptingInbox::open(&file).await.unwrap().close().await });
    let (mut acked, mut seed) = (BTreeSet::new(), u64::from(std::process::id()));
    let (mut accepting, mut working) = (Side::start("accepting", &file, 0), Side::start("working", &file, 0));
    let rounds = rounds();
    for life in 1..=rounds {
        std::thread::sleep(Duration::from_millis(100 + random(&mut seed) % 300));
        let which = random(&mut seed) % 3;
        if which != 0 {
            acked.extend(accepting.kill());
            accepting = Side::start("accepting", &file, life);
        }
        if which != 1 {
            working.kill();
            working = Side::start("working", &file, life);
        }
    }
    let connection = Connection::open(&file).unwrap();
    let one = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    // What lives now has all the time that it needs.
    let last = format!("SELECT count(*) FROM events WHERE event_id LIKE '{}.%'", accepting.lives);
    for _ in 0..600 {
        std::thread::sleep(Duration::from_millis(100));
        // Four of them at a time may not be acknowledged yet.
        if one(&last) > i64::try_from(rounds).unwrap() + 4 {
            break;
        }
    }
    acked.extend(accepting.kill());
    let undone = || one("SELECT count(*) FROM events WHERE state != 'done'");
    let left = undone();
    for _ in 0..600 {
        if undone() == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(undone(), 0, "every stored event is worked");
    working.kill();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let mut statement = connection.prepare("SELECT event_id FROM events").unwrap();
    let stored: BTreeSet<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let missing: Vec<_> = acked.difference(&stored).collect();
    assert!(missing.is_empty(), "{} acknowledged, {} missing: {missing:?}", acked.len(), missing.len());
    assert_eq!(one("SELECT count(*) - count(DISTINCT event_id) FROM events"), 0, "one row for each event");
    assert!(acked.len() > rounds, "the processes hardly lived: {}", acked.len());
    let again = nobody_worked_together(&std::fs::read_to_string(file.with_extension("diary")).unwrap());
    println!("{} acknowledged, {} stored, {left} left at the end, {again} worked again", acked.len(), stored.len());
}

/// Reads the diary; how many events were begun once more, after the process died that had begun them.
fn nobody_worked_together(diary: &str) -> usize {
    let (mut under_way, mut again) = (BTreeMap::new(), 0);
    for line in diary.lines() {
        let [what, number, life] = *line.split(' ').collect::<Vec<_>>() else { panic!("{line}") };
        match what {
            "begin" => assert_eq!(under_way.insert(number, life), None, "{number} is worked by two at once"),
            "end" => assert_eq!(under_way.remove(number), Some(life)),
            _ => {
                let before = under_way.len();
                under_way.retain(|_, by| *by != life);
                again = under_way.len().abs_diff(before).saturating_add(again);
            }
        }
    }
    again
}
