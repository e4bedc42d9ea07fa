//! The acceptance suite, by the suite's own clock and by the server's; and with the tables in one schema after the other.

use std::sync::atomic::{AtomicU32, Ordering};

use hookporter_core::FrozenClock;
use hookporter_pipeline::BoxError;
use hookporter_postgres::Inbox;
use hookporter_testkit::inbox::{InboxBackend, START, inbox_suite, journal_suite, quarantine_suite};

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

fn backend() -> Option<Postgres> {
    Some(Postgres { server: Server::start()?, count: AtomicU32::new(0) })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds() {
    let Some(backend) = backend() else { return };
    inbox_suite(&backend).await.unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_of_the_journal() {
    let Some(backend) = backend() else { return };
    journal_suite(&backend).await.unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_of_the_quarantine() {
    let Some(backend) = backend() else { return };
    quarantine_suite(&backend).await.unwrap_or_else(|failure| panic!("{failure}"));
}
