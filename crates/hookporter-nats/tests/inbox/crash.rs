//! Nodes that are killed at random while they accept and work: nothing that was acknowledged is missing, all of it is worked, and
//! nothing is worked by two at once.
//!
//! A node is this same program, run once more. The nodes keep a diary together with the test. `HOOKPORTER_CRASH_ROUNDS` is how
//! often one is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use hookporter_nats::{Inbox, Settings};
use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, WorkError};
use hookporter_testkit::inbox::sample_record;

use crate::server::{Server, random};

const URL: &str = "HOOKPORTER_CRASH_URL";
const DIARY: &str = "HOOKPORTER_CRASH_DIARY";
const LIFE: &str = "HOOKPORTER_CRASH_LIFE";

fn told(name: &str) -> String {
    std::env::var(name).expect("started by the test beside it")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A line in the diary, in one write: whole, and in the order of time.
fn note(diary: &Path, line: &str) {
    let mut diary = OpenOptions::new().create(true).append(true).open(diary).unwrap();
    diary.write_all(format!("{line}\n").as_bytes()).unwrap();
}

#[test]
#[ignore = "a process of the test beside it"]
fn node() {
    let (life, diary) = (told(LIFE), PathBuf::from(told(DIARY)));
    runtime().block_on(async {
        let inbox = Settings::new().stream("crash").connect(&told(URL)).await.unwrap();
        for producer in 0..4 {
            tokio::spawn(produce(inbox.clone(), format!("{life}.{producer}")));
        }
        let worker = inbox.worker(move |event: Event| {
            let (diary, life, id) = (diary.clone(), life.clone(), event.id().unwrap().to_owned());
            async move {
                note(&diary, &format!("begin {id} {life}"));
                // Some take so long that other nodes start anew meanwhile.
                let slow = event.number().is_some_and(|number| number % 10 == 0);
                tokio::time::sleep(Duration::from_millis(if slow { 400 } else { 2 })).await;
                note(&diary, &format!("end {id} {life}"));
                Ok::<_, WorkError>(())
            }
        });
        let _ = worker.lease(Duration::from_secs(3)).concurrency(50).run_until(std::future::pending()).await;
    });
}

/// Accepts one event after the other, each of them twice, and says which one is acknowledged.
async fn produce(inbox: Inbox, name: String) {
    for at in 0..usize::MAX {
        let id = format!("{name}.{at}");
        let copies = [inbox.accept(vec![sample_record(&id)]), inbox.accept(vec![sample_record(&id)])];
        let [first, second] = copies;
        let answers = [first.await.unwrap(), second.await.unwrap()].concat();
        let new = answers.iter().filter(|answer| **answer == Accepted::New).count();
        assert_eq!((new, answers.len()), (1, 2), "{answers:?}");
        // In one write, so that a kill leaves whole lines and perhaps a piece of one.
        std::io::stdout().write_all(format!("\nacked {id};").as_bytes()).unwrap();
        std::io::stdout().flush().unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A process, and what it says.
struct Node {
    diary: PathBuf,
    life: usize,
    child: Child,
    said: Option<JoinHandle<String>>,
}

impl Node {
    fn start(url: &str, diary: &Path, life: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::node", "--exact", "--ignored", "--nocapture"])
            .env(URL, url)
            .env(DIARY, diary)
            .env(LIFE, life.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let said = std::thread::spawn(move || {
            let mut said = Vec::new();
            stdout.read_to_end(&mut said).unwrap();
            String::from_utf8_lossy(&said).into_owned()
        });
        Self { diary: diary.to_owned(), life, child, said: Some(said) }
    }

    /// Kills it with SIGKILL; what it had acknowledged.
    fn kill(mut self) -> BTreeSet<String> {
        assert!(self.child.try_wait().unwrap().is_none(), "a node ended by itself");
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        note(&self.diary, &format!("killed 0 {}", self.life));
        let said = self.said.take().unwrap().join().unwrap();
        let acked = |line: &str| Some(line.strip_prefix("acked ")?.strip_suffix(';')?.to_owned());
        said.lines().filter_map(acked).collect()
    }
}

/// Also where the test fails.
impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn any_of_several_nodes_may_be_killed_at_any_moment() {
    let Some(server) = Server::start() else { return };
    let rounds = std::env::var("HOOKPORTER_CRASH_ROUNDS").map_or(6, |rounds| rounds.parse().unwrap());
    let diary = server.directory().join("diary");
    let url = server.url();
    let (mut acked, mut seed) = (BTreeSet::new(), u64::from(std::process::id()));
    // Both make the streams.
    let mut nodes = vec![Node::start(&url, &diary, 0), Node::start(&url, &diary, 1)];
    for life in 2..rounds + 2 {
        std::thread::sleep(Duration::from_millis(400 + random(&mut seed) % 400));
        let which = usize::try_from(random(&mut seed) % 2).unwrap();
        acked.extend(nodes.remove(which).kill());
        nodes.push(Node::start(&url, &diary, life));
    }
    std::thread::sleep(Duration::from_millis(500));
    acked.extend(nodes.remove(0).kill());
    assert!(acked.len() > rounds, "the nodes hardly lived: {}", acked.len());

    // The last one works until everything that was acknowledged is worked.
    let began = tokio::time::Instant::now();
    let worked = loop {
        let text = std::fs::read_to_string(&diary).unwrap();
        let worked = nobody_worked_together(&text);
        let missing: Vec<_> = acked.iter().filter(|id| !worked.contains_key(*id)).collect();
        if missing.is_empty() {
            break worked;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{} acknowledged, not worked: {missing:?}", acked.len());
        std::thread::sleep(Duration::from_millis(100));
    };
    nodes.remove(0).kill();
    let again = worked.values().filter(|times| **times > 1).count();
    // Work that was done, and whose node was killed before it could say so; nothing else is done again.
    assert!(again <= rounds * 50, "{again} of {} were worked more than once", worked.len());
    println!("{rounds} kills, {} acknowledged, {} worked, {again} of them again", acked.len(), worked.len());
}

/// How often each was worked.
fn nobody_worked_together(diary: &str) -> BTreeMap<String, u32> {
    let (mut under_way, mut worked) = (BTreeMap::new(), BTreeMap::<String, u32>::new());
    for line in diary.lines() {
        // The last line may still be on its way.
        let [what, id, life] = *line.split(' ').collect::<Vec<_>>() else { break };
        match what {
            "begin" => assert_eq!(under_way.insert(id, life), None, "{id} is worked by two at once"),
            "end" => {
                assert_eq!(under_way.remove(id), Some(life));
                let times = worked.entry(id.to_owned()).or_default();
                *times = times.saturating_add(1);
            }
            _ => under_way.retain(|_, by| *by != life),
        }
    }
    worked
}
