//! The acceptance suite, whole, by the suite's own clock; over restarts of the server, too.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use hookporter_core::FrozenClock;
use hookporter_pipeline::BoxError;
use hookporter_redis::{Inbox, Settings};
use hookporter_testkit::inbox::{InboxBackend, START, inbox_suite};

use crate::server::Server;

struct Redis {
    server: Mutex<Server>,
    url: String,
    count: AtomicU32,
    /// Whether the server dies with the process that has the inbox.
    dies: bool,
}

impl Redis {
    async fn open(&self) -> Result<Inbox, BoxError> {
        let name = format!("suite_{}", self.count.load(Ordering::Relaxed));
        Ok(Settings::new().name(&name).clock(FrozenClock(START)).connect(&self.url).await?)
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
            let mut server = self.server.lock().unwrap();
            server.kill();
            server.launch();
            server.await_up();
        }
        self.open().await
    }
}

async fn holds(dies: bool) {
    let Some(server) = Server::start() else { return };
    let url = server.url();
    let backend = Redis { server: Mutex::new(server), url, count: AtomicU32::new(0), dies };
    if let Err(failure) = inbox_suite(&backend).await {
        panic!("{failure}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds() {
    holds(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_when_the_server_is_killed_at_every_restart() {
    holds(true).await;
}
