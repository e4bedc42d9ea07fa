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

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, WorkError};
use hookporter_redis::{Inbox, Settings};
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
        let inbox = Settings::new().name("crash").connect(&told(URL)).await.unwrap();
        // The last one only works.
        if life != "last" {
            for producer in 0..4 {
                tokio::spawn(produce(inbox.clone(), format!("{life}.{producer}")));
            }
        }
        let worker = inbox.worker(move |event: Event| {
            let (diary, life, number) = (diary.clone(), life.clone(), event.number().unwrap());
            let is_long = event.id().unwrap().ends_with('0');
            async move {
                note(&diary, &format!("begin {number} {life}"));
                // Some take so long that other nodes start anew meanwhile.
                tokio::time::sleep(Duration::from_millis(if is_long { 400 } else { 2 })).await;
                note(&diary, &format!("end {number} {life}"));
                Ok::<_, WorkError>(())
            }
        });
        let _ = worker.lease(Duration::from_secs(2)).concurrency(50).run_until(std::future::pending()).await;
    });
}

/// Accepts one event after the other, each of them twice, and says which one is acknowledged.
async fn produce(inbox: Inbox, name: String) {
    for at in 0..usize::MAX {
        let id = format!("{name}.{at}");
        let copies = [inbox.accept(vec![sample_record(&id)]), inbox.accept(vec![sample_record(&id)])];
        let [first, second] = copies;
        assert_eq!((first.await.unwrap(), second.await.unwrap()), (vec![Accepted::New], vec![Accepted::Duplicate]));
        // In one write, so that a kill leaves whole lines and perhaps a piece of one.
        std::io::stdout().write_all(format!("\nacked {id};").as_bytes()).unwrap();
        std::io::stdout().flush().unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A process, and what it says.
struct Node {
    diary: PathBuf,
    life: String,
    child: Child,
    said: Option<JoinHandle<String>>,
}

impl Node {
    fn start(url: &str, diary: &Path, life: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::node", "--exact", "--ignored", "--nocapture"])
            .env(URL, url)
            .env(DIARY, diary)
            .env(LIFE, life)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let said = std::thread::spawn(move || {
            let mut said = Vec::new();
            stdout.read_to_end(&mut said).unwrap();
            String::from_utf8_lossy(&said).into_owned()
        });
        Self { diary: diary.to_owned(), life: life.to_owned(), child, said: Some(said) }
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
    let rounds = std::env::var("HOOKPORTER_CRASH_ROUNDS").map_or(8, |rounds| rounds.parse().unwrap());
    let diary = std::env::temp_dir().join(format!("hookporter-redis-diary-{}", std::process::id()));
    let url = server.url();
    let (mut acked, mut seed) = (BTreeSet::new(), u64::from(std::process::id()));
    let mut nodes = vec![Node::start(&url, &diary, "0"), Node::start(&url, &diary, "1")];
    for life in 2..rounds + 2 {
        std::thread::sleep(Duration::from_millis(250 + random(&mut seed) % 400));
        let which = usize::try_from(random(&mut seed) % 2).unwrap();
        acked.extend(nodes.remove(which).kill());
        nodes.push(Node::start(&url, &diary, &life.to_string()));
    }
    std::thread::sleep(Duration::from_millis(500));
    for node in nodes {
        acked.extend(node.kill());
    }
    let last = Node::start(&url, &diary, "last");
    let (lent, stored) = runtime().block_on(async {
        let look = server.look().await;
        // What those that were killed had under way comes to this one when their leases run out.
        let lent: i64 = look.ask(&["ZCARD", "{crash}:due"]).await;
        for _ in 0..200 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if look.undone("crash").await == 0 {
                break;
            }
        }
        assert_eq!(look.undone("crash").await, 0, "every stored event is worked");
        (lent, look.ids("crash").await)
    });
    last.kill();
    let different: BTreeSet<String> = stored.iter().cloned().collect();
    assert_eq!(different.len(), stored.len(), "one for each event");
    let missing: Vec<_> = acked.difference(&different).collect();
    assert!(missing.is_empty(), "{} acknowledged, {} missing: {missing:?}", acked.len(), missing.len());
    assert!(acked.len() > rounds, "the nodes hardly lived: {}", acked.len());
    let text = std::fs::read_to_string(&diary).unwrap();
    let worked = nobody_worked_together(&text);
    assert_eq!(worked, stored.len(), "each is worked to its end");
    println!(
        "{rounds} kills, {} acknowledged, {} stored, {lent} lent by the dead in the end",
        acked.len(),
        stored.len()
    );
    let _ = std::fs::remove_file(diary);
}

/// How many events were worked to their end.
fn nobody_worked_together(diary: &str) -> usize {
    let (mut under_way, mut worked) = (BTreeMap::new(), BTreeSet::new());
    for line in diary.lines() {
        let [what, number, life] = *line.split(' ').collect::<Vec<_>>() else { panic!("{line}") };
        match what {
            "begin" => assert_eq!(under_way.insert(number, life), None, "{number} is worked by two at once"),
            "end" => {
                assert_eq!(under_way.remove(number), Some(life));
                worked.insert(number);
            }
            _ => under_way.retain(|_, by| *by != life),
        }
    }
    worked.len()
}
