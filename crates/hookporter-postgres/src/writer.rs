//! The one task that takes records over: what waits goes into one statement, with one sync, and everybody is told.

use std::sync::Arc;
use std::time::Duration;

use hookporter_pipeline::inbox::EventRecord;
use hookporter_pipeline::inbox::store::{Ending, Fault, Job, Queue, Taken, Telling, Times};
use hookporter_pipeline::journal::{Brought, Notes};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::accept::{Told, accept};
use crate::connect::{self, Demand};
use crate::fault::{Remedy, remedy};
use crate::sql::Sql;

/// How many jobs one statement holds. More would not share the sync any better and keep the first one waiting.
const MOST_JOBS: usize = 512;
/// How many bytes of records one statement holds.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// How long a batch may take before its connection is given up. Senders were told 503 long before.
const LATE: Duration = Duration::from_secs(6);
/// How often the server is tried again that cannot be reached, and how often an idle connection is looked at.
const PROBE: Duration = Duration::from_millis(250);
const IDLE: Duration = Duration::from_secs(1);

/// The task, and its connection.
pub(crate) struct Writer {
    pub(crate) queue: Arc<Queue>,
    pub(crate) options: PgConnectOptions,
    pub(crate) demand: Demand,
    pub(crate) sql: &'static Sql,
    pub(crate) times: Times,
    /// Wakes the workers of this process.
    pub(crate) changed: Arc<watch::Sender<()>>,
    pub(crate) connection: Option<PgConnection>,
    /// How often it was tried in vain to get one.
    pub(crate) tries: u32,
    /// When other nodes are told of what is new.
    pub(crate) telling: Telling,
    /// Where it is noted which event a request brought.
    pub(crate) notes: Option<Arc<Notes>>,
    /// Says that it is over, by being dropped last.
    pub(crate) _ended: watch::Sender<()>,
}

impl Writer {
    pub(crate) async fn run(mut self) {
        let _ending = Ending::of(self.queue.clone());
        loop {
            if self.connection.is_none() && !self.reconnect().await {
                if self.queue.is_closed() {
                    return;
                }
                sleep(PROBE).await;
                continue;
            }
            match self.queue.take(MOST_JOBS, MOST_BYTES) {
                Taken::Jobs(jobs) => self.work(jobs).await,
                Taken::Nothing => self.wait().await,
                Taken::Closed => return self.end().await,
            }
        }
    }

    /// Whether there is a connection.
    async fn reconnect(&mut self) -> bool {
        self.tries = self.tries.wrapping_add(1);
        let patience = if self.tries.is_multiple_of(4) { connect::PATIENT } else { connect::SHORT };
        match connect::connect(&self.options, self.demand, patience).await {
            Ok(connection) => {
                self.tries = 0;
                self.connection = Some(connection);
                self.queue.open();
                tracing::info!(target: "hookporter", "the inbox has its database again");
                true
            }
            Err(error) => {
                self.queue.fail(&error.to_string());
                false
            }
        }
    }

    /// Waits for something to do, and looks at the connection meanwhile: one that died is replaced before somebody needs it.
    async fn wait(&mut self) {
        // What comes at once tells for this one, too.
        if self.telling.goes_with_the_next(&self.queue).await {
            return;
        }
        if self.telling.is_left() {
            self.tell().await;
        }
        if timeout(IDLE, self.queue.pushed()).await.is_err()
            && let Some(connection) = &mut self.connection
            && !matches!(timeout(IDLE, connection.ping()).await, Ok(Ok(())))
        {
            self.give_up("the connection is gone");
        }
    }

    async fn work(&mut self, jobs: Vec<Job>) {
        match self.commit(&jobs).await {
            Ok(answers) => self.conclude(jobs, answers),
            Err((_, Remedy::OneByOne)) if jobs.len() > 1 => {
                // One of them cannot be kept: the others are not to suffer for it.
                for job in jobs {
                    Box::pin(self.work(vec![job])).await;
                }
            }
            Err((error, remedy)) => {
                if remedy == Remedy::Reconnect {
                    self.give_up(&error);
                } else {
                    tracing::error!(target: "hookporter", "the inbox could not keep what came: {error}");
                }
                jobs.into_iter().for_each(|job| job.tell(Err(Fault::Store(error.clone()))));
            }
        }
    }

    /// Commits the records of these jobs; what was undone for the sake of another transaction once more.
    async fn commit(&mut self, jobs: &[Job]) -> Result<Vec<Told>, (String, Remedy)> {
        let records: Vec<&EventRecord> = jobs.iter().flat_map(|job| &job.records).collect();
        let tells = self.telling.is_time();
        let mut again = true;
        loop {
            let Some(connection) = &mut self.connection else {
                return Err(("the database cannot be reached".to_owned(), Remedy::Tell));
            };
            let accepting = accept(connection, self.sql, &records, self.times.now(), tells);
            let error = match timeout(LATE, accepting).await {
                Ok(Ok(answers)) => {
                    self.telling.note(tells);
                    return Ok(answers);
                }
                Ok(Err(error)) => error,
                Err(_) => return Err(("the database does not answer".to_owned(), Remedy::Reconnect)),
            };
            match remedy(&error) {
                Remedy::Again if again => again = false,
                Remedy::Again => return Err((error.to_string(), Remedy::Tell)),
                remedy => return Err((error.to_string(), remedy)),
            }
        }
    }

    fn conclude(&self, jobs: Vec<Job>, answers: Vec<Told>) {
        let notes = self.notes.as_ref().filter(|notes| notes.is_in_use());
        let mut answers = answers.into_iter();
        for job in jobs {
            let own: Vec<Told> = answers.by_ref().take(job.records.len()).collect();
            // Before the request leaves its note.
            if let (Some(notes), Some(first), Some(told)) = (notes, job.records.first(), own.first())
                && let (Some(trace), Some(number)) = (first.trace, told.number)
            {
                // Its rows have all that they tell.
                notes.brought(trace, Brought { event: number, is_new: false });
            }
            job.tell(Ok(own.iter().map(|told| told.accepted).collect()));
        }
        self.changed.send_replace(());
    }

    /// Tells other nodes what they were not told yet.
    async fn tell(&mut self) {
        self.telling.note(true);
        let Some(connection) = &mut self.connection else { return };
        let telling = sqlx::query("SELECT pg_notify($1, '')").bind(self.sql.channel).execute(connection);
        if !matches!(timeout(IDLE, telling).await, Ok(Ok(_))) {
            self.give_up("the connection is gone");
        }
    }

    /// The connection is of no use any more; whoever waits is told, and nobody is to wait until there is another one.
    fn give_up(&mut self, why: &str) {
        tracing::error!(target: "hookporter", "the inbox has lost its database: {why}");
        self.connection = None;
        self.queue.fail(why);
    }

    async fn end(mut self) {
        if self.telling.is_left() {
            self.tell().await;
        }
        if let Some(connection) = self.connection.take() {
            let _ = timeout(IDLE, connection.close()).await;
        }
    }
}
