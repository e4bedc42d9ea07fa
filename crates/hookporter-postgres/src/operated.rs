//! The inbox's operating side, for a console and for programs that mend.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::UnixTime;
use hookporter_pipeline::BoxFuture;
use hookporter_pipeline::inbox::{EventRecord, InboxError};
use hookporter_pipeline::operating::{
    Attempted, Edited, JournalSide, Listed, Operated, OperatingSide, Original, Page, QuarantineSide, Replay, Replayed,
    Selection, Stats,
};
use sqlx::{Connection, PgConnection};
use tokio::time::timeout;

use crate::fault::Fault;
use crate::mend::{Bulk, Doing};
use crate::{Inbox, desk, journal, mend};

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
            Ok(answer.map_err(crate::fault::Fault::from)?)
        })
    }};
}
pub(crate) use asked;

/// The desk of an inbox: what people see of its events and mend in it, beside any number of nodes. Made with [`Inbox::desk`].
///
/// Whoever has one can read events and have them worked again. What is encrypted is opened where its key is here.
#[derive(Debug, Clone)]
pub struct Desk {
    pub(crate) inbox: Inbox,
}

impl Inbox {
    /// Its desk, for a console and for programs that mend.
    #[must_use]
    pub fn desk(&self) -> Desk {
        Desk { inbox: self.clone() }
    }

    async fn all(self, which: Selection, doing: Doing) -> Result<Bulk, InboxError> {
        let mut bulk = Bulk::new(which, doing);
        while !bulk.is_over {
            let shared = self.shared();
            let step = async {
                let mut connection = shared.connection().await?;
                bulk.step(&mut connection, shared.sql, &shared.times).await
            };
            timeout(LONGEST, step).await.unwrap_or_else(|_| Err(sqlx::Error::PoolTimedOut)).map_err(Fault::from)?;
            self.wake();
        }
        Ok(bulk)
    }
}

impl OperatingSide for Desk {
    fn select(&self, which: Selection, page: Page, most: usize) -> Answer<Vec<Listed>> {
        asked!(self.inbox, |connection, shared| desk::list(connection, shared.sql, &which, page, most))
    }

    fn count(&self, which: Selection) -> Answer<u64> {
        asked!(self.inbox, |connection, shared| async {
            let mut patient = patient(connection).await?;
            desk::count(&mut patient, shared.sql, &which).await
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
        let all = self.inbox.clone().all(which, Doing::Requeue);
        Box::pin(async move { Ok(all.await?.done) })
    }

    fn release(&self, which: Selection) -> Answer<usize> {
        let all = self.inbox.clone().all(which, Doing::Release);
        Box::pin(async move { Ok(all.await?.done) })
    }

    fn give_up(&self, which: Selection, now: UnixTime) -> Answer<usize> {
        let all = self.inbox.clone().all(which, Doing::GiveUp(now));
        Box::pin(async move { Ok(all.await?.done) })
    }

    fn replay(&self, which: Selection, reason: Option<String>, now: UnixTime) -> Answer<Option<i64>> {
        let all = self.inbox.clone().all(which, Doing::Replay { run: None, reason, now });
        Box::pin(async move {
            Ok(match all.await?.doing {
                Doing::Replay { run, .. } => run,
                _ => None,
            })
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
}
