//! The acceptance suites, without what JetStream cannot promise; the files beside this one wait for its clock.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hookporter_nats::async_nats::jetstream;
use hookporter_nats::{Inbox, Settings};
use hookporter_pipeline::BoxError;
use hookporter_pipeline::inbox::EventRecord;
use hookporter_testkit::inbox::{
    CrashBackend, EngineBackend, InboxBackend, NodeLife, Part, Patience, SharedBackend, SuiteFailure, crash_suite,
    inbox_suite, nodes_suite, outage_suite,
};

use crate::server::{Server, streams_at};

/// What a node is told: its server, and the stream's name.
const URL: &str = "HOOKPORTER_CRASH_URL";
const STREAM: &str = "HOOKPORTER_CRASH_STREAM";

struct Nats {
    server: Mutex<Server>,
    url: String,
    count: AtomicU32,
}

impl Nats {
    fn on(server: Server) -> Self {
        let url = server.url();
        Self { server: Mutex::new(server), url, count: AtomicU32::new(0) }
    }

    fn stream(&self) -> String {
        format!("suite{}", self.count.load(Ordering::Relaxed))
    }

    async fn open(&self) -> Result<Inbox, BoxError> {
        Ok(Settings::new().stream(&self.stream()).connect(&self.url).await?)
    }

    async fn events(&self) -> Result<jetstream::stream::Stream, BoxError> {
        Ok(streams_at(&self.url).await.get_stream(self.stream()).await?)
    }
}

impl InboxBackend for Nats {
    type Store = Inbox;

    fn lacks(&self) -> &'static [Part] {
        &[Part::Lanes, Part::CallersClock]
    }

    async fn empty(&self) -> Result<Inbox, BoxError> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.open().await
    }

    async fn restart(&self, store: Inbox) -> Result<Inbox, BoxError> {
        store.close().await;
        self.open().await
    }
}

impl SharedBackend for Nats {
    async fn node(&self, _: &Inbox) -> Result<Inbox, BoxError> {
        self.open().await
    }

    async fn undone(&self, _: &Inbox) -> Result<u64, BoxError> {
        let events = self.events().await?;
        // Where nobody has asked for work yet all of it waits.
        let Ok(workers) = events.consumer_info("workers").await else { return Ok(events.cached_info().state.messages) };
        // The marker is the first message, and waits until somebody asks for work.
        let marker = u64::from(workers.ack_floor.stream_sequence == 0);
        let waiting = workers.num_pending.saturating_add(u64::try_from(workers.num_ack_pending)?);
        Ok(waiting.saturating_sub(marker))
    }

    async fn ids(&self, _: &Inbox) -> Result<Vec<String>, BoxError> {
        let (events, mut ids) = (self.events().await?, Vec::new());
        let (subjects, state) = (format!("{}.event.*", self.stream()), events.cached_info().state.clone());
        let mut from = state.first_sequence;
        for _ in 0..state.messages {
            let message = events.get_first_raw_message_by_subject(&*subjects, from).await?;
            from = message.sequence.saturating_add(1);
            if message.subject.ends_with(".marker") {
                continue;
            }
            let record = EventRecord::from_bytes(&message.payload).ok_or("no event")?;
            ids.push(record.event_id.ok_or("no id")?.text);
        }
        Ok(ids)
    }
}

impl CrashBackend for Nats {
    fn program(&self, _: &Inbox) -> Result<Command, BoxError> {
        let mut program = Command::new(std::env::current_exe()?);
        program.args(["suite::node", "--exact", "--ignored", "--nocapture"]);
        program.env(URL, &self.url).env(STREAM, self.stream());
        Ok(program)
    }

    fn kills(&self) -> usize {
        std::env::var("HOOKPORTER_CRASH_ROUNDS").map_or(6, |rounds| rounds.parse().unwrap())
    }
}

impl EngineBackend for Nats {
    fn kill(&self) -> Result<(), BoxError> {
        self.server.lock().unwrap().kill();
        Ok(())
    }

    fn stop(&self) -> Result<(), BoxError> {
        self.server.lock().unwrap().stop();
        Ok(())
    }

    fn start(&self) -> Result<(), BoxError> {
        self.server.lock().unwrap().relaunch();
        Ok(())
    }

    fn queued(&self, store: &Inbox) -> (usize, usize) {
        store.queue_depth()
    }

    /// Each sender waits for a server's word of its own.
    fn patience(&self) -> Patience {
        Patience { longest: Duration::from_secs(3), queued: 16, ..Patience::default() }
    }
}

fn held(held: Result<(), SuiteFailure>) {
    held.unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds() {
    let Some(backend) = Server::start().map(Nats::on) else { return };
    held(inbox_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_of_several_nodes() {
    let Some(backend) = Server::start().map(Nats::on) else { return };
    held(nodes_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_when_nodes_are_killed() {
    let Some(backend) = Server::start().map(Nats::on) else { return };
    held(crash_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_when_the_server_is_killed() {
    let Some(backend) = Server::start().map(Nats::on) else { return };
    held(outage_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_where_every_message_is_synced() {
    let Some(backend) = Server::syncing().map(Nats::on) else { return };
    held(inbox_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_where_every_message_is_synced_when_nodes_or_the_server_are_killed() {
    let Some(backend) = Server::syncing().map(Nats::on) else { return };
    held(crash_suite(&backend).await);
    held(outage_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a process of the test beside it"]
async fn node() {
    let told = |name| std::env::var(name).expect("started by the test beside it");
    let inbox = Settings::new().stream(&told(STREAM)).connect(&told(URL)).await.unwrap();
    // Each copy is on its own way to the server.
    panic!("{}", NodeLife::new(inbox).copies_in_any_order().live().await);
}
