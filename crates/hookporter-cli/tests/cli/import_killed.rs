//! From a file into a database and back: nothing lost, nothing worked twice, whenever it is killed.

use std::collections::HashMap;
use std::io::Write;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter::inbox::{Accepted, AcceptingSide, WorkError, Worker, WorkerEnd};
use hookporter::{Clock, Event, Inbox, SystemClock};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::import::{counts, filled_file, in_lane, moved, summary};
use crate::inbox::{of, place, record};
use crate::postgres::{Server, at};
use crate::program::{file, program};

#[test]
fn a_database_has_all_of_a_file_and_a_file_all_of_a_database() {
    let Some(server) = Server::start() else { return };
    let (runtime, url, back) = (Runtime::new().unwrap(), server.url(), place());
    let from = filled_file(&runtime);
    let exported = of(&from, &["export"]);
    let written = file(exported.stdout.as_bytes());
    assert_eq!(summary(&at(&url, &["import", "--json", &written])), counts(9, 0));
    assert_eq!(summary(&at(&url, &["import", "--json", &written])), counts(0, 9));
    let moved_to = at(&url, &["export"]);
    assert_eq!(moved(&moved_to.json()), moved(&exported.json()));
    assert_eq!(summary(&of(&back, &["import", "--json", &file(moved_to.stdout.as_bytes())]))["imported"], 9);
    assert_eq!(moved(&of(&back, &["export"]).json()), moved(&exported.json()));

    let inbox = runtime.block_on(server.settings("hookporter").connect(&url)).unwrap();
    let told = runtime.block_on(inbox.accept(vec![record("evt_1"), record("evt_4"), record("evt_10")])).unwrap();
    assert_eq!(told, [Accepted::Duplicate, Accepted::Duplicate, Accepted::New]);
    let listed = at(&url, &["list", "--json"]).json();
    assert!(listed.last().unwrap()["number"].as_i64().unwrap() > 1009);
    runtime.block_on(inbox.close());
}

/// Killed with `kill -9` at random, again and again: every event is there once, whole.
#[test]
fn an_import_that_is_killed_is_finished_by_the_next_one() {
    const EVENTS: usize = 2_000;
    let Some(server) = Server::start() else { return };
    let (runtime, path, url) = (Runtime::new().unwrap(), place(), server.url());
    let inbox = runtime.block_on(Inbox::open(&path)).unwrap();
    for hundred in 0..EVENTS / 100 {
        let records = (0..100).map(|n| {
            let id = format!("evt_{hundred}_{n}");
            if n % 3 == 0 { in_lane(&id, &format!("lane {}", n % 10)) } else { record(&id) }
        });
        runtime.block_on(inbox.accept(records.collect())).unwrap();
    }
    runtime.block_on(inbox.close());
    let exported = of(&path, &["export"]);
    let lines: Vec<&str> = exported.stdout.split_inclusive('\n').collect();
    for to in [url.clone(), place().into_os_string().into_string().unwrap()] {
        let mut seed = u64::from(std::process::id());
        for _ in 0..4 {
            let mut child = program("", ["inbox", "--inbox", &to, "import"])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            let mut stdin = child.stdin.take().unwrap();
            // Far enough that some batches are there, and one is under way.
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let upto = 300 + usize::try_from(seed >> 33).unwrap() % (EVENTS - 400);
            for line in &lines[..upto] {
                stdin.write_all(line.as_bytes()).unwrap();
            }
            std::thread::sleep(Duration::from_millis(seed >> 58));
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let there = at(&to, &["list", "--json", "--most", "10000"]).json().len();
        assert!((1..EVENTS).contains(&there), "{to}: it was killed midway: {there}");
        let ended = at(&to, &["import", "--json", &file(exported.stdout.as_bytes())]);
        let said = summary(&ended);
        // A database may finish what the last one asked for before it was killed.
        let known = said["already_there"].as_u64().unwrap();
        assert!((there as u64..EVENTS as u64).contains(&known) && said["refused"] == 0, "{there}: {said}");
        let now = at(&to, &["export"]).json();
        assert_eq!(moved(&now), moved(&exported.json()), "{to}");
    }
}

/// How often each event was worked.
type Worked = Arc<Mutex<HashMap<String, u32>>>;

/// Works what an inbox holds, until it is told to end.
struct Works {
    end: tokio::sync::oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<WorkerEnd>,
}

impl Works {
    fn start(runtime: &Runtime, worker: Worker) -> Self {
        let (end, asked) = tokio::sync::oneshot::channel::<()>();
        let asked = async {
            let _ = asked.await;
        };
        Self { end, ended: runtime.spawn(worker.run_until(asked)) }
    }

    fn stop(self, runtime: &Runtime) {
        drop(self.end);
        let _ = runtime.block_on(self.ended).unwrap();
    }
}

fn work(worked: &Worked) -> impl Fn(Event) -> std::future::Ready<Result<(), WorkError>> + Send + Sync + 'static {
    let worked = worked.clone();
    move |event: Event| {
        *worked.lock().unwrap().entry(event.id().unwrap().to_owned()).or_default() += 1;
        std::future::ready(Ok(()))
    }
}

/// What was worked is done a moment later.
fn until_done(path: &std::path::Path, count: usize) {
    let began = SystemClock.now();
    while of(path, &["list", "--state", "done", "--json", "--most", "100"]).json().len() < count {
        assert!(SystemClock.now().since(began) < Duration::from_secs(60), "it is never done");
    }
}

/// Receivers move first, in front of an inbox that goes on working: the guide's second way.
#[test]
fn with_receivers_running_nothing_is_lost_and_nothing_worked_twice() {
    let Some(server) = Server::start() else { return };
    let (runtime, path, url) = (Runtime::new().unwrap(), place(), server.url());
    let worked = Worked::default();
    let old = runtime.block_on(Inbox::open(&path)).unwrap();
    let accept = |records: Vec<_>| runtime.block_on(old.accept(records)).unwrap();
    accept((0..50).map(|n| record(&format!("evt_{n}"))).collect());
    let until_worked = |count: usize| {
        let began = SystemClock.now();
        while worked.lock().unwrap().len() < count {
            assert!(SystemClock.now().since(began) < Duration::from_secs(60), "{:?}", worked.lock().unwrap().len());
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    let working = Works::start(&runtime, old.worker(work(&worked)));
    until_worked(50);
    let export = |args: &[&str]| file(of(&path, &[&["export"], args].concat()).stdout.as_bytes());
    until_done(&path, 50);
    // 1. What is done is known there before any sender comes there.
    let first = summary(&at(&url, &["import", "--json", &export(&["--state", "done"])]));
    assert!(first["imported"].as_u64().unwrap() > 40, "{first}");
    // Until its senders have moved, the old one goes on.
    accept((50..80).map(|n| record(&format!("evt_{n}"))).collect());
    until_worked(80);
    // 2. Senders have moved: some deliveries come again, some are new, and one is of a lane in which older ones wait.
    let new = runtime.block_on(server.settings("hookporter").connect(&url)).unwrap();
    let told = runtime.block_on(async {
        let again = vec![record("evt_1"), record("evt_60"), record("evt_70"), record("evt_new")];
        new.accept(again).await.unwrap()
    });
    assert_eq!(told[0], Accepted::Duplicate);
    assert_eq!(told[3], Accepted::New);
    // 3. The old workers end; what they did not work waits.
    working.stop(&runtime);
    accept(vec![in_lane("evt_lane_1", "a"), in_lane("evt_lane_2", "a"), record("evt_late")]);
    runtime.block_on(new.accept(vec![in_lane("evt_lane_3", "a"), record("evt_late")])).unwrap();
    runtime.block_on(old.close());
    // 4. The rest.
    let written = export(&[]);
    let second = summary(&at(&url, &["import", "--json", &written]));
    assert_eq!(
        (&second["finished"], &second["refused"], &second["renumbered"]),
        (&2.into(), &0.into(), &0.into()),
        "{second}"
    );
    let third = summary(&at(&url, &["import", "--json", &written]));
    assert_eq!((&third["imported"], &third["finished"]), (&0.into(), &0.into()), "{third}");
    // 5. The workers of the new one.
    let order = Arc::<Mutex<Vec<String>>>::default();
    let (seen, count) = (order.clone(), work(&worked));
    let worker = new.worker(move |event: Event| {
        seen.lock().unwrap().push(event.id().unwrap().to_owned());
        count(event)
    });
    let working = Works::start(&runtime, worker);
    until_worked(85);
    working.stop(&runtime);
    let times = worked.lock().unwrap().clone();
    assert!(times.values().all(|times| *times == 1), "{times:?}");
    let lane: Vec<String> = order.lock().unwrap().iter().filter(|id| id.contains("lane")).cloned().collect();
    assert_eq!(lane, ["evt_lane_1", "evt_lane_2", "evt_lane_3"]);
    let left: Vec<Value> = at(&url, &["list", "--json", "--most", "1000"]).json();
    assert_eq!(left.len(), 85);
    assert!(left.iter().all(|event| event["state"] == "done"), "{left:?}");
    runtime.block_on(new.close());
}
