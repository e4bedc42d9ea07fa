//! The acceptance suite.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hookporter_core::FrozenClock;
use hookporter_pipeline::BoxError;
use hookporter_pipeline::operating::MovingSide;
use hookporter_sqlite::{Inbox, Settings};
use hookporter_testkit::inbox::{
    InboxBackend, MovingBackend, START, inbox_suite, journal_suite, moving_suite, quarantine_suite,
};

use crate::directory::Directory;

struct Sqlite {
    directory: Directory,
    count: AtomicU32,
}

impl InboxBackend for Sqlite {
    type Store = Inbox;

    async fn empty(&self) -> Result<Inbox, BoxError> {
        let name = format!("{}.db", self.count.fetch_add(1, Ordering::Relaxed));
        open(&self.directory.path().join(name)).await
    }

    async fn restart(&self, store: Inbox) -> Result<Inbox, BoxError> {
        let path = store.path().to_owned();
        store.close().await;
        open(&path).await
    }
}

impl MovingBackend for Sqlite {
    fn moving(&self, store: &Inbox) -> Arc<dyn MovingSide> {
        Arc::new(store.desk())
    }
}

async fn open(path: &Path) -> Result<Inbox, BoxError> {
    Ok(Settings::new().clock(FrozenClock(START)).open(path).await?)
}

fn backend() -> Sqlite {
    Sqlite { directory: Directory::new(), count: AtomicU32::new(0) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds() {
    inbox_suite(&backend()).await.unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_of_the_journal() {
    journal_suite(&backend()).await.unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_of_the_quarantine() {
    quarantine_suite(&backend()).await.unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_of_events_that_move() {
    moving_suite(&backend()).await.unwrap_or_else(|failure| panic!("{failure}"));
}
