//! Workers whose effect is in the same file, in the same transaction as the completion of its event.

use std::panic::resume_unwind;
use std::sync::Arc;

use hookporter_pipeline::inbox::store::Fault;
use hookporter_pipeline::inbox::{InboxError, LeaseId, Settled, WorkError, Worker};
use hookporter_pipeline::{BoxError, Event};
use rusqlite::Connection;

use crate::Inbox;
use crate::effect::{self, End, Function, Task};
use crate::guest::{self, Savepoint};

/// Effects that happen exactly once.
impl Inbox {
    /// A worker whose function writes to tables of yours in the inbox's own file, in the transaction in which its event is
    /// completed. Both are durable or neither is: the effect happens **exactly once**, through crashes, losses of power,
    /// retries and leases that ran out.
    ///
    /// ```
    /// use hookporter_pipeline::{Event, inbox::WorkError};
    /// use hookporter_sqlite::{Inbox, rusqlite::Connection};
    ///
    /// fn book(event: &Event, connection: &Connection) -> Result<(), WorkError> {
    ///     let amount = event.member("/amount").ok_or_else(|| WorkError::dead_letter("no amount"))?;
    ///     connection.execute("UPDATE balance SET cents = cents + CAST(?1 AS INTEGER)", [amount])?;
    ///     Ok(())
    /// }
    ///
    /// # async fn example(shutdown: impl Future<Output = ()>) -> Result<(), Box<dyn std::error::Error>> {
    /// let inbox = Inbox::open("hooks.db").await?;
    /// inbox.with_connection(|connection| {
    ///     connection.execute_batch("CREATE TABLE IF NOT EXISTS balance (cents INTEGER NOT NULL)")
    /// }).await?;
    /// let end = inbox.transactional_worker(book).run_until(shutdown).await;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The function is called on the inbox's one writing thread, within a transaction that it shares with others:
    ///
    /// - **Senders wait behind it.** Its SQL has 250 ms unless [`Settings::longest_effect`](crate::Settings::longest_effect)
    ///   says otherwise; then the statement is stopped and the attempt has failed. Effects of one transaction together begin
    ///   within that time, others wait for the next. Nothing stops code that is not SQL: no requests, no files, no sleeping.
    /// - **Only its SQL is undone** when it fails, panics or is called again, as it may be for no fault of its own: when another
    ///   part of the shared transaction fails, all of it is done again. So it must do nothing but SQL.
    /// - An error, a panic, and the end of its time undo what it did, and are an attempt that failed, as with
    ///   [`Inbox::worker`]. Others of the transaction do not suffer for it.
    /// - `BEGIN`, `COMMIT`, `ROLLBACK`, `ATTACH`, most `PRAGMA`s, and writing to any of the inbox's own tables, which are all
    ///   that a new inbox's file has, are refused. Savepoints are its own. A function that ends the shared transaction all the same, such as by
    ///   `ON CONFLICT ROLLBACK`, is an attempt that failed; nobody is acknowledged for that transaction, and the rest of it is
    ///   done again.
    ///
    /// A foreign key may point at `events (id)` only with `ON DELETE CASCADE` or `SET NULL`: events that are done are forgotten
    /// with time. The moment of completion is by the inbox's clock.
    pub fn transactional_worker<F, E>(&self, function: F) -> Worker
    where
        F: Fn(&Event, &Connection) -> Result<(), E> + Send + Sync + 'static,
        E: Into<WorkError>,
    {
        let function: Arc<Function> =
            Arc::new(move |event, connection| function(event, connection).map_err(Into::into));
        let inbox = self.clone();
        Worker::settling(self.clone(), move |event, id| inbox.clone().take_effect(function.clone(), event, id))
    }

    async fn take_effect(self, function: Arc<Function>, event: Event, id: LeaseId) -> Result<Settled, WorkError> {
        let (now, longest) = self.effects();
        let task = Task { function, event: Arc::new(event), id, now, longest };
        loop {
            let (job, answer) = effect::job(task.clone());
            let pushed = self.push(job);
            let end = match pushed {
                Ok(()) => answer.await.unwrap_or(Err(Fault::Closed)),
                Err(fault) => Err(fault),
            };
            match end.map_err(InboxError::new)? {
                End::Settled(settled) => return Ok(settled),
                End::Failed(error) => return Err(error),
                // The worker takes it for its own, as it does with every function.
                End::Panicked(panic) => resume_unwind(panic),
                End::Postponed => {}
            }
        }
    }

    /// Runs a function on the inbox's connection, in a transaction, and waits until it is durable: to make tables of your own
    /// at the start, and to look into them.
    ///
    /// What holds for the function of [`Inbox::transactional_worker`] holds for this one, but for the time: it has as much as
    /// it takes, and senders wait as long. For anything more, such as a tool for migrations, open the file with
    /// [`rusqlite::Connection::open`] yourself before the server takes deliveries: transactions of others may delay the inbox
    /// by up to five seconds.
    ///
    /// # Errors
    /// [`InboxError`] with the function's error, or what it said when it panicked, or the store's; nothing was changed then.
    pub async fn with_connection<T, E>(
        &self,
        function: impl Fn(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, InboxError>
    where
        T: Send + 'static,
        E: Into<BoxError>,
    {
        let answer = self.ask(move |connection| {
            let savepoint = Savepoint::begin(connection)?;
            let answer = match guest::call(None, || function(connection)).answer {
                Ok(answer) => answer.map_err(Into::into),
                Err(panic) => Err(guest::text(&*panic).into()),
            };
            if answer.is_ok() {
                savepoint.keep()?
            } else {
                savepoint.undo()?
            }
            // Rows of the user's are nobody's to wake for.
            Ok((answer, false))
        });
        answer.await?.map_err(InboxError::new)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use hookporter_core::{Clock, SystemClock};
    use hookporter_pipeline::inbox::{AcceptingSide, Claim, EventRecord, WorkingSide};
    use tokio::sync::Notify;

    use super::*;

    /// The only event of an inbox, which a worker was given and gave back.
    async fn event_of(inbox: &Inbox) -> Event {
        let (kept, seen) = (Arc::new(Mutex::new(None)), Arc::new(Notify::new()));
        let (keeps, tells) = (kept.clone(), seen.clone());
        let worker = inbox.worker(move |event| {
            *keeps.lock().unwrap() = Some(event);
            std::future::ready(Err(WorkError::retry("later")))
        });
        let _ = worker.on_change(move |_| tells.notify_one()).run_until(seen.notified()).await;
        kept.lock().unwrap().take().unwrap()
    }

    #[tokio::test]
    async fn who_has_lost_the_lease_has_no_effect_and_who_has_it_has_one() {
        let directory = crate::directory::Directory::new();
        let inbox = Inbox::open(directory.file()).await.unwrap();
        let now = SystemClock.now();
        let _ = inbox.accept(vec![EventRecord::new("acme", b"{}".as_slice().into(), now)]).await.unwrap();
        let event = event_of(&inbox).await;
        let later = now.plus(Duration::from_secs(3600));
        let claim = Claim { now: later, lease: Duration::from_secs(30), most: 1, attempts: 9 };
        let lease = inbox.claim(claim).await.unwrap().leases.remove(0);
        inbox.with_connection(|connection| connection.execute_batch("CREATE TABLE effects (epoch)")).await.unwrap();

        for (epoch, expected) in [
            (1, Settled::Fenced),
            (3, Settled::Fenced),
            (lease.id.epoch, Settled::Done),
            (lease.id.epoch, Settled::Fenced),
        ] {
            let function: Arc<Function> = Arc::new(move |_, connection| {
                connection.execute("INSERT INTO effects VALUES (?1)", [epoch])?;
                Ok(())
            });
            let id = LeaseId { epoch, ..lease.id };
            assert_eq!(
                inbox.clone().take_effect(function, event.clone(), id).await.unwrap(),
                expected,
                "epoch {epoch}"
            );
        }
        let effects = inbox.with_connection(|connection| {
            connection
                .prepare("SELECT epoch FROM effects")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<Vec<i64>, _>>()
        });
        assert_eq!(effects.await.unwrap(), [2]);
        inbox.close().await;
    }
}
