//! An inbox from a terminal: beside the server that has it open, and after.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hookporter::inbox::{AcceptingSide, Claim, EventRecord, Failure, Next, RecordLabel, Settled, WorkingSide};
use hookporter::{Inbox, UnixTime};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::program::{Ended, file, run};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
/// A title that clears a terminal.
const HOSTILE: &str = "paid\u{1b}[2J";

pub(crate) fn record(id: &str) -> EventRecord {
    let mut record = EventRecord::new("billing", b"{\"n\":1}\r\n\xff".to_vec().into(), NOW);
    record.identity = Some(id.as_bytes().to_vec());
    record.event_id = Some(RecordLabel { text: id.to_owned(), signed: true });
    record.event_type = Some(RecordLabel { text: HOSTILE.to_owned(), signed: false });
    record.headers = vec![("user-agent".to_owned(), b"Sender/1".to_vec())];
    "2026-11".clone_into(&mut record.key_id);
    record
}

/// An inbox with a dead letter (1), an event that waits (2) and a parked one (3).
pub(crate) fn filled(path: &Path, runtime: &Runtime) -> Inbox {
    runtime.block_on(async {
        let inbox = Inbox::open(path).await.unwrap();
        let mut parked = record("evt_3");
        parked.parked = true;
        for record in [record("evt_1"), record("evt_2"), parked] {
            inbox.accept(vec![record]).await.unwrap();
        }
        let claim = Claim { now: NOW, lease: Duration::from_secs(30), most: 1, attempts: 5 };
        let id = inbox.claim(claim).await.unwrap().leases[0].id;
        let failure = Failure { now: NOW, error: "no such account".to_owned(), next: Next::Dead };
        assert_eq!(inbox.fail(id, failure).await.unwrap(), Settled::Done);
        inbox
    })
}

/// A place for an inbox.
pub(crate) fn place() -> PathBuf {
    let path = file(b"");
    std::fs::remove_file(&path).unwrap();
    path.into()
}

pub(crate) fn of(path: &Path, args: &[&str]) -> Ended {
    run("", ["inbox", "--inbox", path.to_str().unwrap()].iter().chain(args))
}

/// The numbers in a list.
pub(crate) fn numbers(path: &Path, args: &[&str]) -> Vec<i64> {
    let ended = of(path, &[args, &["--json"]].concat());
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    ended.json().iter().map(|event| event["number"].as_i64().unwrap()).collect()
}

/// Waits until these are done: an event is shown a moment before that is written.
pub(crate) fn settled(path: &Path, done: &[i64]) {
    let began = Instant::now();
    loop {
        let found = numbers(path, &["list", "--state", "done"]);
        if done.iter().all(|number| found.contains(number)) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{found:?}, not {done:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_inbox_is_looked_into_while_its_server_runs() {
    let (path, runtime) = (place(), Runtime::new().unwrap());
    let inbox = filled(&path, &runtime);
    assert_eq!(numbers(&path, &["list"]), [1, 2, 3]);
    assert_eq!(numbers(&path, &["list", "--after", "1", "--most", "1"]), [2]);
    assert_eq!(numbers(&path, &["list", "--state", "waiting"]), [2]);
    assert_eq!(numbers(&path, &["dead"]), [1]);
    assert_eq!(numbers(&path, &["parked"]), [3]);
    let stats = &of(&path, &["stats", "--json"]).json()[0];
    assert_eq!((&stats["waiting"], &stats["dead"], &stats["parked"]), (&1.into(), &1.into(), &1.into()));

    let table = of(&path, &["list"]).stdout;
    assert!(table.contains("no such account") && table.contains("paid\\u{1b}[2J"), "{table}");
    let shown = of(&path, &["show", "1"]).stdout;
    for part in ["event 1, dead", "user-agent: Sender/1", "by key 2026-11", "failed after", "no such account", "a hint"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!format!("{table}{shown}").contains('\u{1b}'));
    let whole = &of(&path, &["show", "1", "--json"]).json()[0];
    assert_eq!((&whole["body_bytes"], &whole["attempt_log"][0]["outcome"]), (&10.into(), &"failed".into()));
    let body =
        crate::program::program("", ["inbox", "--inbox", path.to_str().unwrap(), "payload", "1"]).output().unwrap();
    assert_eq!(body.stdout, b"{\"n\":1}\r\n\xff");

    let whole = &of(&path, &["show", "1", "--json"]).json()[0];
    assert_eq!((&whole["edited"], &whole["original"]), (&false.into(), &serde_json::Value::Null));
    runtime.block_on(inbox.close());
}

#[test]
fn an_inbox_is_mended_without_a_server() {
    let (path, runtime) = (place(), Runtime::new().unwrap());
    let inbox = filled(&path, &runtime);
    runtime.block_on(inbox.close());
    drop(inbox);
    let done = |args: &[&str], count: i64| {
        let ended = of(&path, &[args, &["--json"]].concat());
        assert_eq!((ended.status, &ended.json()[0]["events"]), (0, &count.into()), "{args:?}: {}", ended.stderr);
    };
    done(&["requeue", "1"], 1);
    assert_eq!(numbers(&path, &["list", "--state", "waiting"]), [1, 2]);
    done(&["release", "--endpoint", "billing"], 1);
    assert_eq!(numbers(&path, &["list", "--state", "waiting"]), [1, 2, 3]);
    done(&["erase", "1", "2"], 2);
    assert_eq!(numbers(&path, &["list"]), [3]);
    let none = of(&path, &["drop", "3"]);
    assert_eq!(none.status, 1, "it waits to be worked");
    assert!(none.stderr.contains("event 3"), "{}", none.stderr);
    assert_eq!(of(&path, &["show", "1"]).status, 1);
}

#[test]
fn what_is_not_there_is_not_made() {
    let path = place();
    let body = crate::program::file(b"{}");
    for args in [
        &["list"][..],
        &["stats"],
        &["requeue", "1"],
        &["replay", "--all"],
        &["verdicts"],
        &["edit", "1", "--body", &body],
        &["export"],
        &["erase", "1"],
    ] {
        let ended = of(&path, args);
        assert_eq!(ended.status, 2, "{args:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("there is no"), "{}", ended.stderr);
        assert!(!path.exists());
    }
}

/// A filter that was forgotten changes nothing.
#[test]
fn nothing_is_done_to_everything_by_mistake() {
    let (path, runtime) = (place(), Runtime::new().unwrap());
    let inbox = filled(&path, &runtime);
    for args in [&["requeue"][..], &["release"], &["drop"], &["drop", "--endpoint", "billing"], &["replay"], &["erase"]]
    {
        assert_eq!(of(&path, args).status, 2, "{args:?}");
    }
    assert_eq!(numbers(&path, &["list", "--state", "waiting"]), [2]);
    let of_both = of(&path, &["requeue", "1", "3", "77"]);
    assert_eq!((of_both.status, of_both.stdout.starts_with("1 event;")), (1, true), "{}", of_both.stdout);
    assert!(of_both.stderr.contains("event 3, 77"), "{}", of_both.stderr);
    assert_eq!(numbers(&path, &["list", "--state", "waiting"]), [1, 2]);
    for all in [&["requeue", "--all"][..], &["requeue", "--endpoint", "billing"]] {
        assert_eq!(of(&path, all).stdout, "0 events\n", "no dead letter is left");
    }
    assert!(of(&path, &["requeue", "--state", "waiting"]).stdout.starts_with("2 events;"));
    assert_eq!(of(&path, &["release", "--all"]).status, 0);
    assert_eq!(numbers(&path, &["list", "--state", "waiting"]), [1, 2, 3]);
    runtime.block_on(inbox.close());
}

#[test]
fn filters_choose_what_is_listed() {
    let (path, runtime) = (place(), Runtime::new().unwrap());
    let inbox = filled(&path, &runtime);
    assert_eq!(numbers(&path, &["list", "--endpoint", "billing", "--type", HOSTILE]), [1, 2, 3]);
    assert_eq!(numbers(&path, &["list", "--endpoint", "other"]), [0; 0]);
    assert_eq!(numbers(&path, &["list", "--tenant", "alice"]), [0; 0]);
    assert_eq!(numbers(&path, &["list", "2", "3"]), [2, 3]);
    assert_eq!(numbers(&path, &["dead", "2", "3"]), [0; 0]);
    assert_eq!(numbers(&path, &["list", "--since", "2023-11-14T22:13:20Z", "--until", "1700000001"]), [1, 2, 3]);
    assert_eq!(numbers(&path, &["list", "--until", "1700000000"]), [0; 0]);
    assert_eq!(numbers(&path, &["list", "--since", "1h"]), [0; 0]);
    assert_eq!(of(&path, &["list", "--since", "yesterday"]).status, 2);
    runtime.block_on(inbox.close());
}
