//! Nodes that are processes, and what they do until they are killed.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide, WorkError, Worker, WorkingSide};
use hookporter_pipeline::{BoxError, Event};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::nodes::locked;
use super::sample::sample_record;
use super::{Held, NodeDiary, hold};

const DIARY: &str = "HOOKPORTER_NODE_DIARY";
const LIFE: &str = "HOOKPORTER_NODE_LIFE";
const WORKS_ONLY: &str = "HOOKPORTER_NODE_WORKS_ONLY";

/// How many events a node works at once.
pub(super) const CONCURRENCY: usize = 50;

/// What a node is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duty {
    AcceptAndWork,
    Work,
}

/// What the answers to two copies of an event must be, which are sent at once and told in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copies {
    /// The first is new, the second one a duplicate.
    InOrder,
    /// One is new and the other one a duplicate.
    InAnyOrder,
    /// Either was taken: something else than nodes fails.
    Taken,
}

/// The life of a node, in its own process: it accepts events, each of them twice at once, works them, and says in its output which
/// one is acknowledged.
///
/// ```no_run
/// use hookporter_testkit::inbox::NodeLife;
///
/// # use hookporter_pipeline::inbox::{AcceptingSide, WorkingSide};
/// # async fn example(store: impl AcceptingSide + WorkingSide + Clone) {
/// // In a test that is ignored, and that `CrashBackend::program` runs by its name:
/// panic!("{}", NodeLife::new(store).live().await);
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a node does nothing until it lives"]
pub struct NodeLife<S> {
    store: S,
    lease: Duration,
    copies: Copies,
}

impl<S: AcceptingSide + WorkingSide + Clone> NodeLife<S> {
    /// The life of a node that has this store.
    pub const fn new(store: S) -> Self {
        Self { store, lease: Duration::from_secs(5), copies: Copies::InOrder }
    }

    /// How long its leases are; longer than a node takes to find its engine again, and than its machine may stand still. Default:
    /// 5 s.
    pub fn lease(self, lease: Duration) -> Self {
        Self { lease, ..self }
    }

    /// Either of two copies that come at the same time may be the new one. Default: the one that came first is.
    pub fn copies_in_any_order(self) -> Self {
        Self { copies: Copies::InAnyOrder, ..self }
    }

    /// Other things fail than nodes: a copy that was taken is enough, whatever was told of the other one. Default: nodes alone fail.
    pub fn amid_faults(self) -> Self {
        Self { copies: Copies::Taken, ..self }
    }

    /// Lives until it is killed, or something is wrong: what it was.
    pub async fn live(self) -> BoxError {
        match self.try_live().await {
            Ok(()) => "the node has nothing to do any more".into(),
            Err(error) => error,
        }
    }

    async fn try_live(self) -> Held {
        let (life, diary) = (std::env::var(LIFE)?, NodeDiary::at(PathBuf::from(std::env::var(DIARY)?)));
        let mut living = JoinSet::new();
        let producers = if std::env::var_os(WORKS_ONLY).is_none() { 4 } else { 0 };
        for producer in 0..producers {
            living.spawn(produce(self.store.clone(), format!("{life}.{producer}"), self.copies));
        }
        let worker = Worker::new(self.store, move |event: Event| work(diary.clone(), life.clone(), event));
        let worker = worker.lease(self.lease).concurrency(CONCURRENCY).run_until(std::future::pending());
        living.spawn(async {
            let _ = worker.await;
            Err("the worker ended".to_owned())
        });
        match living.join_next().await {
            Some(ended) => Ok(ended??),
            None => Ok(()),
        }
    }
}

async fn work(diary: NodeDiary, life: String, event: Event) -> Result<(), WorkError> {
    let id = event.id().unwrap_or_default();
    let note =
        |what: &str| diary.note(&format!("{what} {id} {life}")).map_err(|error| WorkError::retry(error.to_string()));
    note("begin")?;
    // Some take so long that other nodes start anew meanwhile.
    sleep(Duration::from_millis(if id.ends_with('0') { 400 } else { 2 })).await;
    note("end")
}

/// Accepts one event after the other.
async fn produce<S: AcceptingSide>(store: S, name: String, copies: Copies) -> Result<(), String> {
    for at in 0..usize::MAX {
        let id = format!("{name}.{at}");
        let mut tries = 0_u32;
        while !is_taken(&store, &id, if tries == 0 { copies } else { Copies::Taken }).await? {
            tries = tries.saturating_add(1);
            sleep(Duration::from_millis(20)).await;
        }
        // In one write, so that a kill leaves whole lines and perhaps a piece of one.
        let mut stdout = std::io::stdout();
        let said = stdout.write_all(format!("\nacked {id};\n").as_bytes()).and_then(|()| stdout.flush());
        said.map_err(|error| error.to_string())?;
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// Whether the event is taken, of which two copies come at once.
async fn is_taken<S: AcceptingSide>(store: &S, id: &str, copies: Copies) -> Result<bool, String> {
    let (first, second) = (store.accept(vec![sample_record(id)]), store.accept(vec![sample_record(id)]));
    let answers = match (first.await, second.await) {
        (Ok(first), Ok(second)) => [first, second].concat(),
        (first, second) => return Ok(first.is_ok() || second.is_ok()),
    };
    let is_right = match (copies, &*answers) {
        (Copies::InOrder, answers) => answers == [Accepted::New, Accepted::Duplicate],
        (Copies::InAnyOrder, [Accepted::New, Accepted::Duplicate] | [Accepted::Duplicate, Accepted::New]) => true,
        (Copies::InAnyOrder, _) => false,
        (Copies::Taken, _) => true,
    };
    if is_right { Ok(true) } else { Err(format!("two copies of {id} at once are {answers:?}")) }
}

/// A node that is a process of its own, and what it says; it is killed when this is dropped.
#[derive(Debug)]
pub struct NodeProcess {
    diary: NodeDiary,
    life: usize,
    child: Child,
    said: Arc<Mutex<Said>>,
    reader: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Said {
    acked: BTreeSet<String>,
    last: Option<Instant>,
}

impl NodeProcess {
    /// Starts a program that [lives](NodeLife) as a node. The number of its life is no other's.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start(program: Command, diary: &NodeDiary, life: usize) -> Result<Self, BoxError> {
        Self::with(program, diary, life, Duty::AcceptAndWork)
    }

    pub(super) fn with(mut program: Command, diary: &NodeDiary, life: usize, duty: Duty) -> Result<Self, BoxError> {
        program.env(DIARY, diary.path()).env(LIFE, life.to_string()).stdout(Stdio::piped());
        if duty == Duty::Work {
            program.env(WORKS_ONLY, "yes");
        }
        let mut child = program.spawn()?;
        let (stdout, said) = (child.stdout.take().ok_or("it has no output")?, Arc::<Mutex<Said>>::default());
        let into = said.clone();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(id) = line.strip_prefix("acked ").and_then(|line| line.strip_suffix(';')) {
                    let mut said = locked(&into);
                    said.acked.insert(id.to_owned());
                    said.last = Some(Instant::now());
                }
            }
        });
        Ok(Self { diary: diary.clone(), life, child, said, reader: Some(reader) })
    }

    /// The number of its life.
    #[must_use]
    pub const fn life(&self) -> usize {
        self.life
    }

    /// Whether it has acknowledged something since then.
    #[must_use]
    pub fn has_acked_since(&self, moment: Instant) -> bool {
        locked(&self.said).last.is_some_and(|last| last > moment)
    }

    /// Kills it, as `kill -9` does: the ids of the events that it had acknowledged.
    ///
    /// # Errors
    /// It had ended by itself, which no node does that fares well.
    pub fn kill(mut self) -> Result<BTreeSet<String>, BoxError> {
        let ended = self.child.try_wait()?;
        hold(ended.is_none(), || format!("node {} ended by itself: {ended:?}", self.life))?;
        // Before it: should this process stand still meanwhile, somebody may have its events before it comes to note that.
        self.diary.note_fault(self.life)?;
        self.child.kill()?;
        self.child.wait()?;
        if let Some(reader) = self.reader.take() {
            reader.join().map_err(|_| "what it says cannot be read")?;
        }
        Ok(std::mem::take(&mut locked(&self.said).acked))
    }
}

/// Also where the test fails.
impl Drop for NodeProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
