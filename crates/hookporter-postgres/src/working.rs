//! The working side: what workers ask for and say.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hookporter_core::UnixTime;
use hookporter_pipeline::BoxFuture;
use hookporter_pipeline::inbox::store::{self, Fault, Moment};
use hookporter_pipeline::inbox::{Claim, Claimed, Failure, InboxError, LeaseId, Settled, WorkingSide};
use tokio::sync::{mpsc, oneshot};

use crate::completions::{self, Completion};
use crate::inbox::in_time;
use crate::{Inbox, claim, listen, settle};

/// What only workers need.
impl Inbox {
    /// Whether the event is completed, in one statement with others.
    async fn complete_with_others(&self, id: LeaseId, now: Moment) -> Result<bool, Fault> {
        let shared = &self.shared;
        let completions = shared.completions.get_or_init(|| {
            let (completions, waiting) = mpsc::unbounded_channel();
            tokio::spawn(completions::run(shared.workers.clone(), shared.sql, waiting));
            completions
        });
        let (reply, answer) = oneshot::channel();
        completions.send(Completion { id, now, reply }).map_err(|_| Fault::Closed)?;
        answer.await.unwrap_or(Err(Fault::Closed))
    }

    /// Begins to hear what other nodes tell, once there is a worker.
    fn hear(&self) {
        if !self.shared.listens.swap(true, Ordering::Relaxed) {
            let shared = &self.shared;
            let changed = Arc::downgrade(&shared.changed);
            let hint = shared.nodes.hint();
            tokio::spawn(listen::run(shared.workers.clone(), shared.sql.channel, changed, hint, shared.end.clone()));
        }
    }
}

impl WorkingSide for Inbox {
    fn claim(&self, claim: Claim) -> BoxFuture<'static, Result<Claimed, InboxError>> {
        self.hear();
        let inbox = self.clone();
        Box::pin(async move {
            let shared = &inbox.shared;
            let claiming =
                async { claim::claim(&mut *shared.connection().await?, shared.sql, &shared.times, claim).await };
            Ok(shared.sealing.open_all(in_time(claiming).await?))
        })
    }

    fn renew(&self, id: LeaseId, until: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        let shared = self.shared.clone();
        Box::pin(in_time(async move {
            let mut connection = shared.connection().await?;
            // Its distance from the present counts, so it is taken now.
            settle::renew(&mut connection, shared.sql, shared.times.told(until), id).await
        }))
    }

    fn complete(&self, id: LeaseId, now: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        let inbox = self.clone();
        Box::pin(async move {
            let shared = &inbox.shared;
            let now = shared.times.present(now);
            if inbox.complete_with_others(id, now).await? {
                return Ok(Settled::Done);
            }
            // In a lane, or not ours any more.
            let completing = async {
                let mut connection = shared.connection().await?;
                settle::complete(&mut connection, shared.sql, now, id).await
            };
            let (settled, makes_way) = in_time(completing).await?;
            if makes_way {
                inbox.wake();
            }
            Ok(settled)
        })
    }

    fn fail(&self, id: LeaseId, failure: Failure) -> BoxFuture<'static, Result<Settled, InboxError>> {
        let inbox = self.clone();
        Box::pin(in_time(async move {
            let shared = &inbox.shared;
            let mut connection = shared.connection().await?;
            let settled = settle::fail(&mut connection, shared.sql, &shared.times, id, &failure).await?;
            inbox.wake();
            Ok(settled)
        }))
    }

    fn release(&self, id: LeaseId, now: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>> {
        let inbox = self.clone();
        Box::pin(in_time(async move {
            let shared = &inbox.shared;
            let mut connection = shared.connection().await?;
            let settled = settle::release(&mut connection, shared.sql, shared.times.present(now), id).await?;
            inbox.wake();
            Ok(settled)
        }))
    }

    fn changed(&self) -> BoxFuture<'static, ()> {
        store::changed(&self.shared.changed)
    }
}
