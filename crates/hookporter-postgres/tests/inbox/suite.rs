//! The acceptance suite, by the suite's own clock and by the server's; and with the tables in one schema after the other.

use std::sync::atomic::{AtomicU32, Ordering};

use hookporter_core::FrozenClock;
use hookporter_pipeline::BoxError;
use hookporter_postgres::Inbox;
use hookporter_testkit::inbox::{InboxBackend, START, inbox_suite};

use crate::server::Server;

struct Postgres {
    server: Server,
    count: AtomicU32,
}

impl Postgres {
    async fn open(&self) -> Result<Inbox, BoxError> {
        let schema = format!("suite_{}", self.count.load(Ordering::Relaxed));
        Ok(self.server.settings(&schema).clock(FrozenClock(START)).connect(&self.server.url()).await?)
    }
}

impl InboxBackend for Postgres {
    type Store = Inbox;

    async fn empty(&self) -> Result<Inbox, BoxError> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.open().await
    }

    async fn restart(&self, store: Inbox) -> Result<Inbox, BoxError> {
        store.close().await;
        self.open().await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds() {
    let Some(server) = Server::start() else { return };
    let backend = Postgres { server, count: AtomicU32::new(0) };
    if let Err(failure) = inbox_suite(&backend).await {
        panic!("{failure}");
    }
}
