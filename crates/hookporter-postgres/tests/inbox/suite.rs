//! The acceptance suites, by the suite's own clock and by the server's; and with the tables in one schema after the other.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_core::FrozenClock;
use hookporter_pipeline::BoxError;
use hookporter_pipeline::operating::MovingSide;
use hookporter_postgres::sqlx::{self, Connection, PgConnection};
use hookporter_postgres::{Inbox, Settings};
use hookporter_testkit::inbox::{
    CrashBackend, EngineBackend, InboxBackend, MovingBackend, START, SharedBackend, SuiteFailure, agreement_suite,
    crash_suite, inbox_suite, journal_suite, moving_suite, nodes_suite, outage_suite, quarantine_suite,
};

use crate::node::{Faults, program};
use crate::server::Server;

struct Postgres {
    server: Mutex<Server>,
    url: String,
    count: AtomicU32,
    /// Whether the suite's clock counts, and not the server's.
    is_frozen: bool,
}

impl Postgres {
    fn start() -> Option<Self> {
        let server = Server::start()?;
        let url = server.url();
        Some(Self { server: Mutex::new(server), url, count: AtomicU32::new(0), is_frozen: false })
    }

    fn frozen() -> Option<Self> {
        Some(Self { is_frozen: true, ..Self::start()? })
    }

    fn schema(&self) -> String {
        format!("suite_{}", self.count.load(Ordering::Relaxed))
    }

    async fn open(&self) -> Result<Inbox, BoxError> {
        // Often, so that no test waits for long.
        let settings = Settings::new().schema(&self.schema()).report_every(Duration::from_millis(200));
        let settings = if self.is_frozen { settings.clock(FrozenClock(START)) } else { settings };
        Ok(settings.connect(&self.url).await?)
    }

    /// A connection to look with.
    async fn look(&self) -> Result<PgConnection, BoxError> {
        let url = format!("{}?options[search_path]={}", self.url, self.schema());
        Ok(PgConnection::connect(&url).await?)
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

impl SharedBackend for Postgres {
    async fn node(&self, _: &Inbox) -> Result<Inbox, BoxError> {
        self.open().await
    }

    async fn undone(&self, _: &Inbox) -> Result<u64, BoxError> {
        let sql = "SELECT count(*) FROM events WHERE state != 'done'";
        let undone: i64 = sqlx::query_scalar(sql).fetch_one(&mut self.look().await?).await?;
        Ok(u64::try_from(undone)?)
    }

    /// Of those whose contents are there.
    async fn ids(&self, _: &Inbox) -> Result<Vec<String>, BoxError> {
        let sql = "SELECT event_id FROM events FULL JOIN contents ON contents.event = events.id WHERE contents.event IS NOT NULL";
        Ok(sqlx::query_scalar(sql).fetch_all(&mut self.look().await?).await?)
    }
}

impl MovingBackend for Postgres {
    fn moving(&self, store: &Inbox) -> Arc<dyn MovingSide> {
        Arc::new(store.desk())
    }
}

impl CrashBackend for Postgres {
    fn program(&self, _: &Inbox) -> Result<Command, BoxError> {
        Ok(program(&self.url, &self.schema(), Faults::NodesDie))
    }

    fn kills(&self) -> usize {
        std::env::var("HOOKPORTER_CRASH_ROUNDS").map_or(10, |rounds| rounds.parse().unwrap())
    }
}

impl EngineBackend for Postgres {
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
        server.launch(&[]);
        Ok(server.try_await_up()?)
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
    let Some(backend) = Postgres::frozen() else { return };
    held(inbox_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_of_the_journal() {
    let Some(backend) = Postgres::frozen() else { return };
    held(journal_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_of_the_quarantine() {
    let Some(backend) = Postgres::frozen() else { return };
    held(quarantine_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_of_several_nodes() {
    let Some(backend) = Postgres::start() else { return };
    held(nodes_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_of_what_nodes_agree_on() {
    let Some(backend) = Postgres::start() else { return };
    held(agreement_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_of_events_that_move() {
    let Some(backend) = Postgres::frozen() else { return };
    held(moving_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_when_nodes_are_killed() {
    let Some(backend) = Postgres::start() else { return };
    held(crash_suite(&backend).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_holds_when_the_server_is_killed() {
    let Some(backend) = Postgres::start() else { return };
    held(outage_suite(&backend).await);
}
