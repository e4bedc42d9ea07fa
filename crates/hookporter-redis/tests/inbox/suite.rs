//! The acceptance suites, whole: by the suite's own clock, also over restarts of the server, and by the server's with several nodes.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use hookporter_core::FrozenClock;
use hookporter_pipeline::BoxError;
use hookporter_redis::{Inbox, Settings};
use hookporter_testkit::inbox::{
    CrashBackend, EngineBackend, InboxBackend, NodeLife, START, SharedBackend, SuiteFailure, crash_suite, inbox_suite,
    nodes_suite, outage_suite,
};

use crate::server::{Look, Server};

/// What a node is told: its server, and the inbox's name.
const URL: &str = "HOOKPORTER_CRASH_URL";
const NAME: &str = "HOOKPORTER_CRASH_NAME";

struct Redis {
    server: Mutex<Server>,
    url: String,
    count: AtomicU32,
    /// Whether the server dies with the process that has the inbox.
    dies: bool,
    /// Whether the suite's clock counts, and not the server's.
    is_frozen: bool,
}

impl Redis {
    fn start() -> Option<Self> {
        let server = Server::start()?;
        let url = server.url();
        Some(Self { server: Mutex::new(server), url, count: AtomicU32::new(0), dies: false, is_frozen: false })
    }

    fn name(&self) -> String {
        format!("suite_{}", self.count.load(Ordering::Relaxed))
    }

    async fn open(&self) -> Result<Inbox, BoxError> {
        let settings = Settings::new().name(&self.name());
        let settings = if self.is_frozen { settings.clock(FrozenClock(START)) } else { settings };
        Ok(settings.connect(&self.url).await?)
    }
}

impl InboxBackend for Redis {
    type Store = Inbox;

    async fn empty(&self) -> Result<Inbox, BoxError> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.open().await
    }

    async fn restart(&self, store: Inbox) -> Result<Inbox, BoxError> {
        store.close().await;
        if self.dies {
            self.kill()?;
            self.start()?;
        }
        self.open().await
    }
}

impl SharedBackend for Redis {
    async fn node(&self, _: &Inbox) -> Result<Inbox, BoxError> {
        self.open().await
    }

    async fn undone(&self, _: &Inbox) -> Result<u64, BoxError> {
        let (name, look) = (self.name(), Look::at(&self.url).await);
        let undone = look.undone(&name).await;
        if undone == 0 {
            let behind: Option<i64> = look.ask(&["GET", &format!("{{{name}}}:behind")]).await;
            assert_eq!(behind.unwrap_or(0), 0, "as many came out of the lanes as went in");
            let lists: Vec<String> = look.ask(&["KEYS", &format!("{{{name}}}:lane:*")]).await;
            assert!(lists.is_empty(), "{lists:?}");
        }
        Ok(u64::try_from(undone)?)
    }

    async fn ids(&self, _: &Inbox) -> Result<Vec<String>, BoxError> {
        Ok(Look::at(&self.url).await.ids(&self.name()).await)
    }
}

impl CrashBackend for Redis {
    fn program(&self, _: &Inbox) -> Result<Command, BoxError> {
        let mut program = Command::new(std::env::current_exe()?);
        program.args(["suite::node", "--exact", "--ignored", "--nocapture"]).env(URL, &self.url).env(NAME, self.name());
        Ok(program)
    }

    fn kills(&self) -> usize {
        std::env::var("HOOKPORTER_CRASH_ROUNDS").map_or(8, |rounds| rounds.parse().unwrap())
    }
}

impl EngineBackend for Redis {
    fn kill(&self) -> Result<(), BoxError> {
        self.server.lock().unwrap().kill();
        Ok(())
    }

    fn stop(&self) -> Result<(), BoxError> {
        self.server.lock().unwrap().stop();
        Ok(())
    }

    fn start(&self) -> Result<(), BoxError> {
        let mut server = self.server.lock().unwrap();
        server.launch();
        server.await_up();
        Ok(())
    }

    fn queued(&self, store: &Inbox) -> (usize, usize) {
        store.queue_depth()
    }
}

fn held(held: Result<(), SuiteFailure>) {
    held.unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds() {
    let Some(backend) = Redis::start() else { return };
    held(inbox_suite(&Redis { is_frozen: true, ..backend }).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_when_the_server_is_killed_at_every_restart() {
    let Some(backend) = Redis::start() else { return };
    held(inbox_suite(&Redis { is_frozen: true, dies: true, ..backend }).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_of_several_nodes() {
    let Some(backend) = Redis::start() else { return };
    held(nodes_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_when_nodes_are_killed() {
    let Some(backend) = Redis::start() else { return };
    held(crash_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_when_the_server_is_killed() {
    let Some(backend) = Redis::start() else { return };
    held(outage_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a process of the test beside it"]
async fn node() {
    let told = |name| std::env::var(name).expect("started by the test beside it");
    let inbox = Settings::new().name(&told(NAME)).connect(&told(URL)).await.unwrap();
    panic!("{}", NodeLife::new(inbox).live().await);
}
