//! What people do with events that were not worked.

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::InboxError;
use rusqlite::{Connection, params};

use crate::{Inbox, lane};

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
    /// While another program reads the file in a transaction of its own, the log keeps its copy, until the next erasure or
    /// the close.
    /// Its worker, if one has it, is fenced off. A further delivery of it is a new event. Whether there was one.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub async fn erase(&self, number: i64) -> Result<bool, InboxError> {
        let erased = self.ask(move |connection| Ok((erase(connection, "id = ?1", [number])?, true))).await?;
        self.flush_log().await?;
        Ok(erased > 0)
    }

    /// Erases all events of a tenant, as [`Inbox::erase`] does one. How many.
    ///
    /// # Errors
    /// As [`Inbox::erase`].
    pub async fn erase_tenant(&self, endpoint: &str, tenant: &str) -> Result<usize, InboxError> {
        let of = [endpoint.to_owned(), tenant.to_owned()];
        let which = "endpoint = ?1 AND tenant = ?2";
        let erased = self.ask(move |connection| Ok((erase(connection, which, of.clone())?, true))).await?;
        self.flush_log().await?;
        Ok(erased)
    }

    /// Has the log written back and emptied, and waits for it: it holds pages as they were before.
    async fn flush_log(&self) -> Result<(), InboxError> {
        self.flush_soon();
        self.ask(|_| Ok(((), false))).await?;
        // The writer flushed before or after that turn; with the next one it has.
        self.ask(|_| Ok(((), false))).await
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
