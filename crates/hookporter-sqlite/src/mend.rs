//! What people do with events that were not worked.

use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::InboxError;
use rusqlite::{Connection, params};

use crate::{Erased, Inbox, lane};

/// How long an erasure waits for readers of the log.
const LOG: Duration = Duration::from_secs(5);

/// Mending.
impl Inbox {
    /// Has an event worked again: a dead letter, one that is done, or one that waits for its next attempt. It is due at
    /// once and its attempts count from the beginning. Whether there was such an event, its body still kept, and no
    /// worker had it.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub async fn requeue(&self, number: i64) -> Result<bool, InboxError> {
        // In a lane it has its turn: where another one waits or is worked, it comes after that.
        let sql = "UPDATE events SET state = 'waiting', due_at = iif(lane IS NULL OR due_at IS NOT NULL, received_at, NULL), \
            attempts = 0, finished_at = NULL \
            WHERE id = ?1 AND state IN ('dead', 'done', 'waiting') AND EXISTS (SELECT 1 FROM contents WHERE event = id)";
        self.ask(move |connection| {
            let changed = connection.execute(sql, [number])?;
            lane::advance_all(connection)?;
            Ok((changed > 0, true))
        })
        .await
    }

    /// Releases the parked events of an endpoint, now that the code handles them: they are due at once. How many.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub async fn release_parked(&self, endpoint: &str) -> Result<usize, InboxError> {
        let endpoint = endpoint.to_owned();
        let sql = "UPDATE events SET state = 'waiting', due_at = iif(lane IS NULL, received_at, NULL) \
            WHERE state = 'parked' AND endpoint = ?1";
        self.ask(move |connection| {
            let released = connection.execute(sql, [&endpoint])?;
            lane::advance_all(connection)?;
            Ok((released, true))
        })
        .await
    }

    /// Gives up on a dead letter or a parked event: it counts as done, so that a further delivery is a duplicate, and its
    /// body goes with the next sweep. Whether there was such an event.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub async fn give_up(&self, number: i64, now: UnixTime) -> Result<bool, InboxError> {
        let sql = "UPDATE events SET state = 'done', finished_at = ?2 WHERE id = ?1 AND state IN ('dead', 'parked')";
        self.ask(move |connection| {
            let changed = connection.execute(sql, params![number, now.as_millis()])?;
            Ok((changed > 0, false))
        })
        .await
    }

    /// Erases an event with all that was kept of it, in whatever state it is, from the file's free pages and its log too.
    /// Its worker, if one has it, is fenced off. A further delivery of it is a new event.
    ///
    /// While another program reads the file in a transaction of its own, its log cannot be emptied. This waits five seconds
    /// for that, without keeping anybody else waiting, and says [`Erased::ButInTheLog`] then; the log is emptied by itself
    /// later. A copy in a backup, or in a file that was set aside, is yours to erase.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub async fn erase(&self, number: i64) -> Result<Erased, InboxError> {
        self.erase_all("id = ?1", [number]).await
    }

    /// Erases all events of a tenant, as [`Inbox::erase`] does one.
    ///
    /// # Errors
    /// As [`Inbox::erase`].
    pub async fn erase_tenant(&self, endpoint: &str, tenant: &str) -> Result<Erased, InboxError> {
        self.erase_all("endpoint = ?1 AND tenant = ?2", [endpoint.to_owned(), tenant.to_owned()]).await
    }

    async fn erase_all(
        &self,
        which: &'static str,
        of: impl rusqlite::Params + Clone + Send + 'static,
    ) -> Result<Erased, InboxError> {
        let queue = self.queue().clone();
        let events = self
            .ask(move |connection| {
                // Also where nobody waits for it any more.
                queue.flush_soon();
                Ok((erase(connection, which, of.clone())?, true))
            })
            .await?;
        let is_empty = match self.queue().flushed(LOG) {
            Ok(flushed) if events > 0 => flushed.await.unwrap_or(false),
            _ => events == 0,
        };
        Ok(if is_empty { Erased::Everywhere { events } } else { Erased::ButInTheLog { events } })
    }
}

/// Deletes; SQLite overwrites with zeros what is deleted here.
fn erase(connection: &Connection, which: &str, of: impl rusqlite::Params + Clone) -> rusqlite::Result<usize> {
    for table in ["contents", "attempts"] {
        let sql = format!("DELETE FROM {table} WHERE event IN (SELECT id FROM events WHERE {which})");
        connection.execute(&sql, of.clone())?;
    }
    let erased = connection.execute(&format!("DELETE FROM events WHERE {which}"), of)?;
    lane::advance_all(connection)?;
    Ok(erased)
}
