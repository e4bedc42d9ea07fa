//! The task that looks at what nodes agree on, and tells how this one fares.

use std::time::Duration;

use hookporter_pipeline::inbox::store::until_closed;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::connect::{self, Demand};
use crate::nodes::Nodes;

/// How often it looks by itself: what was said is to hold everywhere within a second.
const POLL: Duration = Duration::from_millis(500);
/// How long a word with the server may take.
const LATE: Duration = Duration::from_secs(2);
/// How often a server is tried again that cannot be reached.
const PROBE: Duration = Duration::from_millis(250);

/// The task, and its connection: nothing that people or workers ask for makes it wait.
pub(super) struct Task {
    nodes: Nodes,
    options: PgConnectOptions,
    demand: Demand,
    connection: Option<PgConnection>,
    /// How often it was tried in vain to get one.
    tries: u32,
    reported: Option<Instant>,
    /// Says that it is over, by being dropped.
    _task: watch::Sender<()>,
}

impl Task {
    pub(super) const fn new(nodes: Nodes, options: PgConnectOptions, demand: Demand, task: watch::Sender<()>) -> Self {
        Self { nodes, options, demand, connection: None, tries: 0, reported: None, _task: task }
    }

    pub(super) async fn run(mut self, end: watch::Receiver<()>) {
        until_closed(end, self.go_on()).await;
        let leaving = async {
            if let Some(mut connection) = self.connected().await
                && self.nodes.leave(&mut connection).await.is_ok()
            {
                let _ = connection.close().await;
            }
        };
        // Where it cannot be said, others see it fall silent.
        let _ = timeout(LATE, leaving).await;
    }

    async fn go_on(&mut self) {
        loop {
            let Some(connection) = self.connected().await else {
                sleep(PROBE).await;
                continue;
            };
            // Taken out, so that one that is left in the middle of a word is not used again.
            match self.talk(connection).await {
                Ok(connection) => self.connection = Some(connection),
                Err(error) => {
                    tracing::warn!(target: "hookporter", "what nodes agree on is not seen, and stays as it was: {error}");
                    continue;
                }
            }
            let hint = self.nodes.hint.clone();
            let _ = timeout(POLL, hint.notified()).await;
        }
    }

    async fn connected(&mut self) -> Option<PgConnection> {
        if let Some(connection) = self.connection.take() {
            return Some(connection);
        }
        self.tries = self.tries.wrapping_add(1);
        let patience = if self.tries.is_multiple_of(4) { connect::PATIENT } else { connect::SHORT };
        let connection = connect::connect(&self.options, self.demand, patience).await.ok()?;
        self.tries = 0;
        Some(connection)
    }

    /// Looks, and tells how this node fares if it is time.
    async fn talk(&mut self, mut connection: PgConnection) -> sqlx::Result<PgConnection> {
        let late = |_| Err(sqlx::Error::PoolTimedOut);
        timeout(LATE, self.nodes.look(&mut connection)).await.unwrap_or_else(late)?;
        if self.reported.is_none_or(|reported| reported.elapsed() >= self.nodes.every) {
            self.reported = Some(Instant::now());
            timeout(LATE, self.nodes.report(&mut connection)).await.unwrap_or_else(late)?;
        }
        Ok(connection)
    }
}
