//! What people do with events that were not worked, in the process that has the inbox open.

use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::InboxError;
use hookporter_pipeline::inbox::store::{Bulk, Doing};
use hookporter_pipeline::operating::{Edited, Selection};
use rusqlite::Connection;

use crate::journal::Erasing;
use crate::{Erased, Inbox, bulk, change, edit};

/// How long an erasure waits for readers of the log.
const LOG: Duration = Duration::from_secs(5);

/// Mending. [`Mender`](crate::Mender) does the same from another process.
impl Inbox {
    /// Has an event worked again: a dead letter, one that is done, or one that waits for its next attempt. It is due at
    /// once and its attempts count from the beginning. Whether there was such an event, its body still kept, and no
    /// worker had it.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub async fn requeue(&self, number: i64) -> Result<bool, InboxError> {
        self.ask(move |connection| Ok((change::requeue(connection, number)?, true))).await
    }

    /// Has all these events worked again, as [`Inbox::requeue`] does one; a few at a time, so that no sender waits for all
    /// of them. How many.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written; those up to there are requeued.
    pub async fn requeue_all(&self, which: Selection) -> Result<usize, InboxError> {
        Ok(self.all(which, Doing::Requeue).await?.done())
    }

    /// Releases the parked events of an endpoint, now that the code handles them: they are due at once. How many.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub async fn release_parked(&self, endpoint: &str) -> Result<usize, InboxError> {
        self.release_all(Selection::all().endpoint(endpoint)).await
    }

    /// Releases those of these events that are parked, a few at a time. How many.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written; those up to there are released.
    pub async fn release_all(&self, which: Selection) -> Result<usize, InboxError> {
        Ok(self.all(which, Doing::Release).await?.done())
    }

    /// Gives up on a dead letter or a parked event: it counts as done, so that a further delivery is a duplicate, and its
    /// body goes with the next sweep. Whether there was such an event.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub async fn give_up(&self, number: i64, now: UnixTime) -> Result<bool, InboxError> {
        self.ask(move |connection| Ok((change::give_up(connection, number, now)?, false))).await
    }

    /// Has events worked again as [`Inbox::requeue_all`] does, to compare: [`Reader::verdicts`](crate::Reader::verdicts) says
    /// how each goes against its last attempt before. The number of the replay; `None` if no event was chosen that can be
    /// replayed, which are those that were tried before.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written; those up to there are in the replay.
    pub async fn replay(
        &self,
        which: Selection,
        reason: Option<&str>,
        now: UnixTime,
    ) -> Result<Option<i64>, InboxError> {
        Ok(self.all(which, Doing::replay(reason.map(str::to_owned), now)).await?.run())
    }

    /// Replaces the body of a dead letter or a parked event, and with it what it says. It stays in its state: look at it,
    /// then requeue or release it.
    ///
    /// This changes what the sender has signed. So the record says that it is edited, its coverage is the least there is, its
    /// labels are those of the original and hints, and what came in is kept beside it: [`Reader::original`](crate::Reader::original).
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub async fn edit(
        &self,
        number: i64,
        body: bytes::Bytes,
        reason: Option<&str>,
        now: UnixTime,
    ) -> Result<Edited, InboxError> {
        let reason = reason.map(str::to_owned);
        let edit = move |connection: &_| edit::edit(connection, number, &body, reason.as_deref(), now);
        self.ask(move |connection| Ok((edit(connection)?, false))).await
    }

    /// Puts back what came in, of an event that was edited.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub async fn restore(&self, number: i64) -> Result<Edited, InboxError> {
        self.ask(move |connection| Ok((edit::restore(connection, number)?, false))).await
    }

    /// Erases an event with all that was kept of it, in whatever state it is, from the file's free pages and its log too, and
    /// the requests of the journal that told of it. Its worker, if one has it, is fenced off. A further delivery of it is a new
    /// event.
    ///
    /// While another program reads the file in a transaction of its own, its log cannot be emptied. This waits five seconds
    /// for that, without keeping anybody else waiting, and says [`Erased::ButInTheLog`] then; the log is emptied by itself
    /// later. A copy in a backup, or in a file that was set aside, is yours to erase; so is a refused request in the quarantine, of
    /// which nobody knows what it tells of.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub async fn erase(&self, number: i64) -> Result<Erased, InboxError> {
        let whose = move |connection: &_| Erasing::of_event(connection, number);
        self.erase_all("id = ?1", [number], whose).await
    }

    /// Erases all events of a tenant, as [`Inbox::erase`] does one.
    ///
    /// # Errors
    /// As [`Inbox::erase`].
    pub async fn erase_tenant(&self, endpoint: &str, tenant: &str) -> Result<Erased, InboxError> {
        let of = [endpoint.to_owned(), tenant.to_owned()];
        let erasing = Erasing::of_tenant(endpoint.to_owned(), tenant.to_owned());
        self.erase_all("endpoint = ?1 AND tenant = ?2", of, move |_: &_| Ok(erasing.clone())).await
    }

    async fn erase_all(
        &self,
        which: &'static str,
        of: impl rusqlite::Params + Clone + Send + 'static,
        whose: impl Fn(&Connection) -> rusqlite::Result<Erasing> + Send + 'static,
    ) -> Result<Erased, InboxError> {
        let (queue, notes) = (self.queue().clone(), self.notes());
        let (events, mut erasing) = self
            .ask(move |connection| {
                // Also where nobody waits for it any more.
                queue.flush_soon();
                let erasing = whose(connection)?;
                notes.iter().for_each(|notes| notes.erase(|note, number| erasing.takes(note, number)));
                Ok(((change::erase(connection, which, of.clone())?, erasing), true))
            })
            .await?;
        // A few rows of the journal at a time, so that no sender waits for all of them.
        while !erasing.is_over {
            let so_far = erasing;
            erasing = self.ask(move |connection| Ok((so_far.clone().step(connection)?, false))).await?;
        }
        let is_any = events > 0 || erasing.rows > 0;
        let is_empty = match self.queue().flushed(LOG) {
            Ok(flushed) if is_any => flushed.await.unwrap_or(false),
            _ => !is_any,
        };
        Ok(if is_empty { Erased::Everywhere { events } } else { Erased::ButInTheLog { events } })
    }

    pub(crate) async fn all(&self, which: Selection, doing: Doing) -> Result<Bulk, InboxError> {
        let mut bulk = Bulk::new(which, doing);
        while !bulk.is_over() {
            let so_far = bulk;
            let step = move |connection: &_| {
                let next = bulk::step(&so_far, connection)?;
                let wakes = next.done() > so_far.done();
                Ok((next, wakes))
            };
            bulk = self.ask(step).await?;
        }
        Ok(bulk)
    }
}
