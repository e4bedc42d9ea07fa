//! Replays from a terminal, beside what works the events.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hookporter::inbox::{AcceptingSide, WorkError, WorkerEnd};
use hookporter::{Event, Inbox};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::inbox::{filled, of, place, record};
use crate::program::{Ended, Receiver, program, send};

const KEY: &str = "whsec_of_the_test_123456";

/// Works everything; events of these two numbers fail for good.
struct Works {
    failing: Arc<[AtomicI64; 2]>,
    runtime: Runtime,
    inbox: Inbox,
    end: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<WorkerEnd>,
}

impl Works {
    fn start(path: &std::path::Path) -> Self {
        let runtime = Runtime::new().unwrap();
        let inbox = runtime.block_on(Inbox::open(path)).unwrap();
        let failing = Arc::new([const { AtomicI64::new(0) }; 2]);
        let asked = failing.clone();
        let worker = inbox.worker(move |event: Event| {
            let fails = asked.iter().any(|number| Some(number.load(Ordering::SeqCst)) == event.number());
            async move { if fails { Err(WorkError::dead_letter("fails\u{1b}[2J")) } else { Ok(()) } }
        });
        let (end, stop) = oneshot::channel::<()>();
        let stop = async move {
            let _ = stop.await;
        };
        let ended = runtime.spawn(worker.run_until(stop));
        Self { failing, runtime, inbox, end, ended }
    }

    fn fail(&self, numbers: [i64; 2]) {
        for (place, number) in self.failing.iter().zip(numbers) {
            place.store(number, Ordering::SeqCst);
        }
    }

    fn accept(&self, id: &str) {
        self.runtime.block_on(self.inbox.accept(vec![record(id)])).unwrap();
    }

    /// A replay that is waited for, while something wakes the worker once the events were chosen.
    fn replay(&self, path: &std::path::Path, args: &[&str]) -> Ended {
        let given = ["inbox", "--inbox", path.to_str().unwrap(), "replay", "--wait=60s"];
        begun_and_then(program("", given.iter().chain(args)), || self.accept(&format!("wakes {args:?}")))
    }

    fn stop(self) {
        let _ = self.end.send(());
        self.runtime.block_on(async {
            let _ = self.ended.await;
            self.inbox.close().await;
        });
    }

    fn settled(&self, path: &std::path::Path, count: u64) {
        for _ in 0..2000 {
            let stats = &of(path, &["stats", "--json"]).json()[0];
            if stats["done"].as_u64().unwrap() + stats["dead"].as_u64().unwrap() == count {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("not worked");
    }
}

/// Runs a replay to its end, and does something when it has said that it has begun: its events are chosen by then.
fn begun_and_then(mut command: Command, then: impl FnOnce()) -> Ended {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    lines.read_line(&mut said).unwrap();
    then();
    lines.read_to_string(&mut said).unwrap();
    let mut ended = Ended::of(child.wait_with_output().unwrap());
    ended.stdout = said;
    ended
}

#[test]
fn each_event_has_a_verdict() {
    let path = place();
    let works = Works::start(&path);
    works.fail([1, 2]);
    (1..=4).for_each(|n| works.accept(&format!("evt_{n}")));
    works.settled(&path, 4);
    works.fail([2, 3]);
    let dry = of(&path, &["replay", "--endpoint", "billing", "--dry-run", "--json"]);
    assert_eq!((dry.status, &dry.json()[0]["events"]), (0, &4.into()));

    let ended = works.replay(&path, &["1", "2", "3", "4", "--reason", "a \u{202e}try", "--json"]);
    assert_eq!(ended.status, 1, "two of them fail: {}", ended.stderr);
    let lines = ended.json();
    assert_eq!((&lines[0]["replay"], &lines[0]["events"]), (&1.into(), &4.into()));
    let verdicts: Vec<_> = lines[1..5].iter().map(|line| line["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["fixed", "still-failing", "regressed", "still-passing"]);
    assert_eq!((&lines[5]["fixed"], &lines[5]["pending"]), (&1.into(), &0.into()));

    works.fail([0, 0]);
    let ended = works.replay(&path, &["--state", "dead"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert!(
        ended.stdout.contains("       2  fixed ") && ended.stdout.ends_with("replay 2: 2 fixed\n"),
        "{}",
        ended.stdout
    );

    // The first one keeps what it found.
    let first = of(&path, &["verdicts", "1"]);
    assert_eq!(first.status, 0);
    let last = "replay 1: 1 fixed, 1 still failing, 1 regressed, 1 still passing\n";
    assert!(first.stdout.ends_with(last), "{}", first.stdout);
    assert!(first.stdout.contains("fails\\u{1b}[2J") || first.stdout.contains("fails\\\\u{1b}[2J"), "{}", first.stdout);
    let replays = of(&path, &["verdicts"]).stdout;
    assert!(replays.contains("4 events  a \\u{202e}try") && replays.lines().count() == 2, "{replays}");
    assert_eq!(of(&path, &["verdicts", "9"]).status, 1);
    works.stop();
}

#[test]
fn what_nobody_works_is_pending() {
    let (path, runtime) = (place(), Runtime::new().unwrap());
    runtime.block_on(filled(&path, &runtime).close());
    let ended = of(&path, &["replay", "1", "2", "--wait=1s"]);
    assert_eq!(ended.status, 1);
    assert!(ended.stdout.contains("replay 1: 1 pending"), "{}", ended.stdout);
    assert!(ended.stderr.contains("1 not tried yet") && ended.stderr.contains("event 2:"), "{}", ended.stderr);
    assert_eq!(of(&path, &["replay", "2"]).status, 1, "it was never tried");
    assert_eq!(of(&path, &["replay", "--wait", "--dry-run", "1"]).status, 2);
}

/// A dead letter is replayed into a receiver that runs.
#[test]
fn a_receiver_fixes_a_dead_letter() {
    let (path, runtime) = (place(), Runtime::new().unwrap());
    runtime.block_on(filled(&path, &runtime).close());
    let mut receiver = Receiver::start("stripe", KEY, &["--inbox", path.to_str().unwrap()]);
    assert_eq!(receiver.worked()["worked"], 2);
    let args = ["inbox", "--inbox", path.to_str().unwrap(), "replay", "1", "--wait=60s", "--json"];
    let ended = begun_and_then(program("", args), || assert_eq!(send("stripe", KEY, &receiver.url, &[]), [200]));
    assert_eq!((ended.status, &ended.json()[1]["verdict"]), (0, &"fixed".into()));
    assert_eq!(receiver.end().0, 0);
}

#[test]
fn thousands_are_replayed() {
    let path = place();
    let works = Works::start(&path);
    let many = (0..3000).map(|n| record(&format!("evt_{n}"))).collect();
    works.runtime.block_on(works.inbox.accept(many)).unwrap();
    works.settled(&path, 3000);
    let ended = works.replay(&path, &["--since", "2023-11-14", "--json"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_eq!(ended.json().last().unwrap()["still-passing"], 3000);
    assert_eq!(ended.stderr, "", "a bar is for terminals");
    works.stop();
}
