//! The task beside the acceptances: it writes down what requests leave behind, on a connection of its own, made when it is needed.

use std::sync::Arc;
use std::time::Duration;

use hookporter_pipeline::journal::Notes;
use hookporter_pipeline::quarantine::RefusedQueue;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout};

use crate::Settings;
use crate::connect::{self, Demand};
use crate::fault::Remedy;
use crate::journal::{self, Scribe};
use crate::refused::Keeper;
use crate::sql::Sql;

/// How long nothing is tried after a failure.
const REST: Duration = Duration::from_millis(500);
/// How long what waits may take to be written when the inbox closes.
const ENDING: Duration = Duration::from_secs(3);

/// The task.
pub(crate) struct Aside {
    options: PgConnectOptions,
    demand: Demand,
    scribe: Option<Scribe>,
    keeper: Keeper,
    woken: Arc<Notify>,
    connection: Option<PgConnection>,
    /// Says that it is over, by being dropped last.
    _ended: watch::Sender<()>,
}

/// What others know of the task.
pub(crate) struct Beside {
    /// Requests on their way into the journal; `None`: there is none.
    pub(crate) notes: Option<Arc<Notes>>,
    /// Refused requests on their way into the quarantine.
    pub(crate) refused: Arc<RefusedQueue>,
    /// Wakes the task: something waits that was not there.
    pub(crate) woken: Arc<Notify>,
    /// Ends with the task.
    pub(crate) end: watch::Receiver<()>,
}

impl Aside {
    /// The connection is only looked with.
    pub(crate) async fn new(
        settings: &Settings,
        options: PgConnectOptions,
        sql: &'static Sql,
        connection: &mut PgConnection,
    ) -> sqlx::Result<(Self, Beside)> {
        let woken = Arc::new(Notify::new());
        let notes = settings.keeping().map(|keeping| {
            let woken = woken.clone();
            Arc::new(Notes::new(keeping, move || woken.notify_one()))
        });
        let mut scribe = None;
        if let Some(notes) = &notes {
            let lost = journal::lost(connection, sql).await?;
            notes.lose(lost);
            scribe = Some(Scribe::new(notes.clone(), sql, lost));
        }
        let refused = Arc::new(RefusedQueue::new(settings.quarantine));
        let keeper = Keeper::new(refused.clone(), sql, settings.sealing.clone());
        let (ended, end) = watch::channel(());
        let demand = settings.demand;
        let aside = Self { options, demand, scribe, keeper, woken: woken.clone(), connection: None, _ended: ended };
        Ok((aside, Beside { notes, refused, woken, end }))
    }

    /// Writes, until the inbox is closed; then what waits, as far as that goes.
    pub(crate) async fn run(mut self, mut end: watch::Receiver<()>) {
        let mut rest = Duration::ZERO;
        loop {
            let patience = self.patience().max(rest);
            let slept = sleep(patience);
            tokio::select! {
                // An error says that the writer is gone, and the inbox closed.
                _ = end.changed() => break,
                () = slept => {}
                () = self.woken.notified(), if rest.is_zero() => {}
            }
            rest = if self.step().await { Duration::ZERO } else { REST };
        }
        let began = Instant::now();
        while began.elapsed() < ENDING && self.has_work() && self.write_all().await {}
        self.keeper.end();
        if let Some(connection) = self.connection.take() {
            let _ = timeout(ENDING, connection.close()).await;
        }
    }

    fn patience(&self) -> Duration {
        let scribe = self.scribe.as_ref().map_or(Duration::MAX, Scribe::patience);
        // A timer needs an end.
        scribe.min(self.keeper.patience()).min(Duration::from_secs(3600))
    }

    fn has_work(&self) -> bool {
        self.keeper.has_work() || self.scribe.as_ref().is_some_and(Scribe::has_work)
    }

    /// Writes what is due. Whether that went well.
    async fn step(&mut self) -> bool {
        let scribes = self.scribe.as_ref().is_some_and(Scribe::is_due);
        let keeps = self.keeper.is_due();
        self.write(scribes, keeps).await
    }

    async fn write_all(&mut self) -> bool {
        let scribes = self.scribe.as_ref().is_some_and(Scribe::has_work);
        let keeps = self.keeper.has_work();
        self.write(scribes, keeps).await
    }

    async fn write(&mut self, scribes: bool, keeps: bool) -> bool {
        if !scribes && !keeps {
            return true;
        }
        if !self.is_connected().await {
            return false;
        }
        let Some(connection) = &mut self.connection else { return false };
        let mut ended = Ok(());
        if let Some(scribe) = self.scribe.as_mut().filter(|_| scribes) {
            ended = scribe.write(connection).await;
        }
        if keeps && ended.is_ok() {
            ended = self.keeper.keep(connection).await;
        }
        if ended == Err(Remedy::Reconnect) {
            self.connection = None;
        }
        ended.is_ok()
    }

    /// Whether there is a connection; one is made if not.
    async fn is_connected(&mut self) -> bool {
        if self.connection.is_none() {
            // A server that is away is told of by whoever accepts.
            self.connection = connect::connect(&self.options, self.demand, connect::SHORT).await.ok();
        }
        self.connection.is_some()
    }
}
