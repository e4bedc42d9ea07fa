//! The inbox's operating side, for a console and for programs that mend.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::UnixTime;
use hookporter_pipeline::BoxFuture;
use hookporter_pipeline::inbox::store::{Bulk, Doing};
use hookporter_pipeline::inbox::{EventRecord, InboxError};
use hookporter_pipeline::nodes::SharedSide;
use hookporter_pipeline::operating::{
    Attempted, Edited, JournalSide, Listed, Moved, MovingSide, Operated, OperatingSide, Original, Page, QuarantineSide,
    Replay, Replayed, Selection, Stats, TakenOver,
};
use sqlx::{Connection, PgConnection};
use tokio::time::timeout;

use crate::{Inbox, OpenError, Settings, desk, fault, journal, mend, moving};

/// How long people wait for an answer that may need a look at every row.
pub(crate) const LONGEST: Duration = Duration::from_secs(30);

type Answer<T> = BoxFuture<'static, Result<T, InboxError>>;

/// Has something done on a connection of the workers', within the time that people wait.
macro_rules! asked {
    ($inbox:expr, |$connection:ident, $shared:ident| $done:expr) => {{
        let inbox = $inbox.clone();
        Box::pin(async move {
            let $shared = inbox.shared();
            let asked = async {
                let mut connection = $shared.connection().await?;
                let $connection: &mut sqlx::PgConnection = &mut connection;
                $done.await
            };
            let answer = tokio::time::timeout(crate::operated::LONGEST, asked).await;
            let answer = answer.unwrap_or_else(|_| Err(sqlx::Error::PoolTimedOut));
            Ok(answer.map_err(crate::fault::of)?)
        })
    }};
}
pub(crate) use asked;

/// The desk of an inbox: what people see of its events and mend in it, beside any number of nodes. Made with [`Inbox::desk`].
///
/// Whoever has one can read events and have them worked again. What is encrypted is opened where its key is here.
///
/// Where no inbox is open, [`Desk::connect`] makes one for a program beside the nodes: it makes no tables, sweeps nothing and
/// accepts nothing.
///
/// ```no_run
/// use hookporter_pipeline::operating::{OperatingSide, Page, Selection, State};
/// use hookporter_postgres::Desk;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let desk = Desk::connect("postgres://shop@db.internal/shop").await?;
/// for dead in desk.select(Selection::all().state(State::Dead), Page::Before(i64::MAX), 20).await? {
///     println!("{} {:?}", dead.number, dead.last_error);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Desk {
    pub(crate) inbox: Inbox,
    progress: Arc<dyn Fn(usize) + Send + Sync>,
}

impl Desk {
    /// A desk on the inbox in the database of this URL, whether any node runs or not; [`Settings::desk`] has one in another schema.
    ///
    /// # Errors
    /// [`OpenError`] if there is no inbox, or its tables are not of this release's version.
    pub async fn connect(url: &str) -> Result<Self, OpenError> {
        Settings::new().desk(url).await
    }

    pub(crate) fn of(inbox: Inbox) -> Self {
        Self { inbox, progress: Arc::new(|_| {}) }
    }

    /// Tells a function after each step of a change to many events how many are changed so far. Default: nobody is told.
    #[must_use]
    pub fn on_progress(self, progress: impl Fn(usize) + Send + Sync + 'static) -> Self {
        Self { progress: Arc::new(progress), ..self }
    }

    /// Changes these events, a few at a time.
    fn all(&self, which: Selection, doing: Doing) -> Answer<Bulk> {
        let (inbox, progress) = (self.inbox.clone(), self.progress.clone());
        Box::pin(async move {
            let mut bulk = Bulk::new(which, doing);
            while !bulk.is_over() {
                let shared = inbox.shared();
                let step = async {
                    let mut connection = shared.connection().await?;
                    mend::step(&mut bulk, &mut connection, shared.sql, &shared.times).await
                };
                timeout(LONGEST, step).await.unwrap_or_else(|_| Err(sqlx::Error::PoolTimedOut)).map_err(fault::of)?;
                inbox.wake();
                progress(bulk.done());
            }
            Ok(bulk)
        })
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("inbox", &self.inbox).finish_non_exhaustive()
    }
}

impl Inbox {
    /// Its desk, for a console and for programs that mend.
    #[must_use]
    pub fn desk(&self) -> Desk {
        Desk::of(self.clone())
    }
}

impl OperatingSide for Desk {
    fn select(&self, which: Selection, page: Page, most: usize) -> Answer<Vec<Listed>> {
        asked!(self.inbox, |connection, shared| desk::list(connection, shared.sql, &which, page, most))
    }

    fn count(&self, which: Selection) -> Answer<u64> {
        asked!(self.inbox, |connection, shared| async {
            let mut patient = patient(connection).await?;
            desk::count_with(&mut patient, shared.sql.count, &which).await
        })
    }

    fn inspect(&self, number: i64) -> Answer<Option<(Listed, EventRecord)>> {
        asked!(self.inbox, |connection, shared| async {
            let found = desk::inspect(connection, shared.sql, number).await?;
            Ok(found.map(|(listed, record)| (listed, shared.sealing.open(record))))
        })
    }

    fn attempts(&self, number: i64) -> Answer<Vec<Attempted>> {
        asked!(self.inbox, |connection, shared| desk::attempts(connection, shared.sql, number))
    }

    fn original(&self, number: i64) -> Answer<Option<Original>> {
        asked!(self.inbox, |connection, shared| desk::original(connection, shared.sql, number))
    }

    fn stats(&self) -> Answer<Stats> {
        asked!(self.inbox, |connection, shared| async {
            let mut patient = patient(connection).await?;
            desk::stats(&mut patient, shared.sql).await
        })
    }

    fn requeue(&self, which: Selection) -> Answer<usize> {
        let all = self.all(which, Doing::Requeue);
        Box::pin(async move { Ok(all.await?.done()) })
    }

    fn release(&self, which: Selection) -> Answer<usize> {
        let all = self.all(which, Doing::Release);
        Box::pin(async move { Ok(all.await?.done()) })
    }

    fn give_up(&self, which: Selection, now: UnixTime) -> Answer<usize> {
        let all = self.all(which, Doing::GiveUp(now));
        Box::pin(async move { Ok(all.await?.done()) })
    }

    fn replay(&self, which: Selection, reason: Option<String>, now: UnixTime) -> Answer<Option<i64>> {
        let all = self.all(which, Doing::replay(reason, now));
        Box::pin(async move { Ok(all.await?.run()) })
    }

    fn count_to_replay(&self, which: Selection) -> Answer<u64> {
        asked!(self.inbox, |connection, shared| async {
            let mut patient = patient(connection).await?;
            desk::count_with(&mut patient, shared.sql.count_to_replay, &which).await
        })
    }

    fn replays(&self, most: usize) -> Answer<Vec<Replay>> {
        asked!(self.inbox, |connection, shared| desk::replays(connection, shared.sql, most))
    }

    fn verdicts(&self, replay: i64, after: i64, most: usize) -> Answer<Vec<Replayed>> {
        asked!(self.inbox, |connection, shared| desk::verdicts(connection, shared.sql, replay, after, most))
    }

    fn edit(&self, number: i64, body: Bytes, reason: Option<String>, now: UnixTime) -> Answer<Edited> {
        asked!(self.inbox, |connection, shared| mend::edit(
            connection,
            shared.sql,
            number,
            &body,
            reason.as_deref(),
            now
        ))
    }

    fn restore(&self, number: i64) -> Answer<Edited> {
        asked!(self.inbox, |connection, shared| mend::restore(connection, shared.sql, number))
    }

    fn erase(&self, number: i64) -> Answer<bool> {
        let inbox = self.inbox.clone();
        let erased: Answer<bool> =
            asked!(self.inbox, |connection, shared| mend::erase(connection, shared.sql, &shared.times, number));
        Box::pin(async move {
            // First what the journal says, so that whoever is interrupted can ask again.
            journal::erase(&inbox, number).await?;
            erased.await
        })
    }
}

impl MovingSide for Desk {
    fn moved(&self, number: i64) -> Answer<Option<Moved>> {
        asked!(self.inbox, |connection, shared| moving::moved(connection, shared.sql, number))
    }

    fn take_over(&self, events: Vec<Moved>, reserve: u32, now: UnixTime) -> Answer<Vec<TakenOver>> {
        asked!(self.inbox, |connection, shared| async {
            let now = shared.times.present(now);
            moving::take_over(connection, shared.sql, &events, reserve, now).await
        })
    }
}

/// A transaction in which the server may take as long as people wait.
pub(crate) async fn patient(connection: &mut PgConnection) -> sqlx::Result<sqlx::Transaction<'_, sqlx::Postgres>> {
    let mut patient = connection.begin().await?;
    let sql = "SELECT set_config('statement_timeout', '30s', true)";
    sqlx::query(sql).execute(&mut *patient).await?;
    Ok(patient)
}

impl Operated for Desk {
    fn events(&self) -> Arc<dyn OperatingSide> {
        Arc::new(self.clone())
    }

    fn requests(&self) -> Option<Arc<dyn JournalSide>> {
        Some(Arc::new(self.clone()))
    }

    fn refused(&self) -> Option<Arc<dyn QuarantineSide>> {
        Some(Arc::new(self.clone()))
    }

    fn shared(&self) -> Option<Arc<dyn SharedSide>> {
        Some(Arc::new(self.inbox.clone()))
    }
}

impl Operated for Inbox {
    fn events(&self) -> Arc<dyn OperatingSide> {
        self.desk().events()
    }

    fn requests(&self) -> Option<Arc<dyn JournalSide>> {
        self.desk().requests()
    }

    fn refused(&self) -> Option<Arc<dyn QuarantineSide>> {
        self.desk().refused()
    }

    fn shared(&self) -> Option<Arc<dyn SharedSide>> {
        self.desk().shared()
    }
}
