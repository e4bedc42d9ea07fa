//! Nodes: each is this same program, run once more, that accepts and works. They keep a diary together with the test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, WorkError};
use hookporter_postgres::{Inbox, Settings, sqlx};
use hookporter_testkit::inbox::sample_record;
use tokio::time::Instant;

use crate::server::{Server, number};

const URL: &str = "HOOKPORTER_CRASH_URL";
const DIARY: &str = "HOOKPORTER_CRASH_DIARY";
const LIFE: &str = "HOOKPORTER_CRASH_LIFE";
const FAULTS: &str = "HOOKPORTER_CRASH_FAULTS";

fn told(name: &str) -> String {
    std::env::var(name).expect("started by the test beside it")
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Whether anything is to fail but nodes: then a node's senders try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Faults {
    NodesDie,
    Everything,
}

impl Faults {
    /// How long leases are. Longer where a node has to find its database again within one.
    const fn lease(self) -> Duration {
        match self {
            Self::NodesDie => Duration::from_secs(2),
            Self::Everything => Duration::from_secs(3),
        }
    }
}

#[test]
#[ignore = "a process of the tests beside it"]
fn node() {
    let (life, diary) = (told(LIFE), Diary(PathBuf::from(told(DIARY))));
    let faults = if told(FAULTS) == "everything" { Faults::Everything } else { Faults::NodesDie };
    runtime().block_on(async {
        let inbox = connected(faults).await;
        for producer in 0..4 {
            tokio::spawn(produce(inbox.clone(), format!("{life}.{producer}"), faults));
        }
        let worker = inbox.worker(move |event: Event| {
            let (diary, life, number) = (diary.clone(), life.clone(), event.number().unwrap());
            async move {
                diary.note(&format!("begin {number} {life}"));
                // Some take so long that other nodes start anew meanwhile.
                tokio::time::sleep(Duration::from_millis(if number % 10 == 0 { 400 } else { 2 })).await;
                diary.note(&format!("end {number} {life}"));
                Ok::<_, WorkError>(())
            }
        });
        let _ = worker.lease(faults.lease()).concurrency(50).run_until(std::future::pending()).await;
    });
}

async fn connected(faults: Faults) -> Inbox {
    loop {
        match Settings::new().schema("crash").connect(&told(URL)).await {
            Ok(inbox) => return inbox,
            Err(error) => assert_eq!(faults, Faults::Everything, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Accepts one event after the other, each of them twice, and says which one is acknowledged.
async fn produce(inbox: Inbox, name: String, faults: Faults) {
    for at in 0..usize::MAX {
        let id = format!("{name}.{at}");
        while !twice(&inbox, &id, faults).await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // In one write, so that a kill leaves whole lines and perhaps a piece of one.
        std::io::stdout().write_all(format!("\nacked {id};\n").as_bytes()).unwrap();
        std::io::stdout().flush().unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Whether the event is taken.
async fn twice(inbox: &Inbox, id: &str, faults: Faults) -> bool {
    let copies = [inbox.accept(vec![sample_record(id)]), inbox.accept(vec![sample_record(id)])];
    let [first, second] = copies;
    let (first, second) = (first.await, second.await);
    if faults == Faults::NodesDie {
        assert_eq!((first.unwrap(), second.unwrap()), (vec![Accepted::New], vec![Accepted::Duplicate]));
        return true;
    }
    first.is_ok() || second.is_ok()
}

/// A process, and what it says.
pub(crate) struct Node {
    diary: Diary,
    life: usize,
    child: Child,
    said: Arc<Mutex<Said>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

#[derive(Default)]
struct Said {
    acked: BTreeSet<String>,
    last: Option<Instant>,
}

impl Node {
    pub(crate) fn start(url: &str, diary: &Diary, life: usize, faults: Faults) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["node::node", "--exact", "--ignored", "--nocapture"])
            .env(URL, url)
            .env(DIARY, &diary.0)
            .env(LIFE, life.to_string())
            .env(FAULTS, if faults == Faults::Everything { "everything" } else { "nodes" })
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdout, said) = (child.stdout.take().unwrap(), Arc::<Mutex<Said>>::default());
        let into = said.clone();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(id) = line.strip_prefix("acked ").and_then(|line| line.strip_suffix(';')) {
                    let mut said = into.lock().unwrap();
                    said.acked.insert(id.to_owned());
                    said.last = Some(Instant::now());
                }
            }
        });
        Self { diary: diary.clone(), life, child, said, reader: Some(reader) }
    }

    pub(crate) fn life(&self) -> usize {
        self.life
    }

    /// Whether it has acknowledged something since then.
    pub(crate) fn acked_since(&self, moment: Instant) -> bool {
        self.said.lock().unwrap().last.is_some_and(|last| last > moment)
    }

    /// Kills it with SIGKILL; what it had acknowledged.
    pub(crate) fn kill(mut self) -> BTreeSet<String> {
        assert!(self.child.try_wait().unwrap().is_none(), "a node ended by itself");
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.diary.note_fault(Some(self.life));
        self.reader.take().unwrap().join().unwrap();
        std::mem::take(&mut self.said.lock().unwrap().acked)
    }
}

/// Also where the test fails.
impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What nodes begin and end, and what is done to them.
#[derive(Clone)]
pub(crate) struct Diary(PathBuf);

impl Diary {
    pub(crate) fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("hookporter-postgres-{name}-{}", std::process::id())))
    }

    /// A line, in one write: whole, and in the order of time.
    pub(crate) fn note(&self, line: &str) {
        let mut diary = OpenOptions::new().create(true).append(true).open(&self.0).unwrap();
        diary.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Something happens to this node, or to all of them: what they have under way is anybody's.
    pub(crate) fn note_fault(&self, life: Option<usize>) {
        self.note(&format!("fault 0 {}", life.map_or_else(|| "all".to_owned(), |life| life.to_string())));
    }

    /// No event was handed to two, at once or one after the other, unless something had happened to the node that had it before, or
    /// to all. From then on such a node knows less than the database, and may begin what another one has. How many were handed
    /// out again; and the diary is gone.
    pub(crate) fn assert_each_is_ones_own(self) -> usize {
        let (mut ones, mut begun, mut ill, mut again) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new(), 0);
        let diary = std::fs::read_to_string(&self.0).unwrap();
        for line in diary.lines() {
            let [what, number, life] = *line.split(' ').collect::<Vec<_>>() else { panic!("{line}") };
            match what {
                "begin" => {
                    again += usize::from(!begun.insert(number));
                    if !ill.contains(life) {
                        assert_eq!(ones.insert(number, life), None, "{number} is handed to {life}, and was another's");
                    }
                }
                "fault" if life == "all" => ones.clear(),
                "fault" => {
                    ones.retain(|_, by| *by != life);
                    ill.insert(life);
                }
                _ => {}
            }
        }
        let _ = std::fs::remove_file(&self.0);
        again
    }

    /// The numbers of the events that somebody has worked.
    fn ended(&self) -> BTreeSet<i64> {
        let diary = std::fs::read_to_string(&self.0).unwrap();
        let numbers = diary.lines().filter_map(|line| line.strip_prefix("end ")?.split(' ').next()?.parse().ok());
        numbers.collect()
    }
}

/// Waits until everything is worked that came in other lives than this last one, which alone still runs.
pub(crate) async fn await_all_is_worked(server: &Server, last: usize) {
    let (pool, began) = (server.pool().await, Instant::now());
    let sql = "SELECT count(*) FROM crash.events WHERE state != 'done' AND split_part(event_id, '.', 1) != $1";
    let left = async || {
        let left: i64 = sqlx::query_scalar(sql).bind(last.to_string()).fetch_one(&pool).await.unwrap();
        left
    };
    while left().await > 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "not every stored event is worked: {}", left().await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What was acknowledged is there, once, and nothing is done that nobody has worked. How many events are stored, and how many
/// attempts were lost.
pub(crate) async fn assert_nothing_is_missing(
    server: &Server,
    diary: &Diary,
    acked: &BTreeSet<String>,
) -> (usize, i64) {
    let pool = server.pool().await;
    let sql = "SELECT id FROM crash.events WHERE state = 'done'";
    let (done, ended): (Vec<i64>, _) = (sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap(), diary.ended());
    let unworked: Vec<_> = done.iter().filter(|number| !ended.contains(number)).collect();
    assert!(unworked.is_empty(), "done, and nobody has worked them: {unworked:?}");
    let stored: Vec<String> = sqlx::query_scalar("SELECT event_id FROM crash.events").fetch_all(&pool).await.unwrap();
    let different: BTreeSet<String> = stored.iter().cloned().collect();
    assert_eq!(different.len(), stored.len(), "one row for each event");
    let missing: Vec<_> = acked.difference(&different).collect();
    assert!(missing.is_empty(), "{} acknowledged, {} missing: {missing:?}", acked.len(), missing.len());
    (stored.len(), number(&pool, "SELECT count(*) FROM crash.attempts WHERE outcome = 'lost'").await)
}
