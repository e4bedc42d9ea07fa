//! The quarantine of an inbox that is open here.

use std::sync::Arc;

use hookporter_core::{Rejection, UnixTime};
use hookporter_pipeline::BoxFuture;
use hookporter_pipeline::inbox::{Accepted, EventRecord, InboxError};
use hookporter_pipeline::operating::{QuarantineSide, RefusedCount, RefusedListed, RefusedRequest, RefusedSelection};

use rusqlite::Connection;

use super::{Readmitted, readmit};
use crate::{Inbox, refused};

/// Refused requests wait in a queue of their own, which the writer empties behind everything else.
impl QuarantineSide for Inbox {
    fn has_room(&self, body_bytes: usize) -> bool {
        self.refused_queue().has_room(body_bytes)
    }

    fn keep(&self, request: RefusedRequest) {
        if self.refused_queue().push(request) {
            self.queue().nudge();
        }
    }

    fn refused_by_reason(&self, which: RefusedSelection) -> BoxFuture<'static, Result<Vec<RefusedCount>, InboxError>> {
        self.look_aside(move |connection| refused::by_reason(connection, &which))
    }

    fn select_refused(
        &self,
        which: RefusedSelection,
        after: i64,
        most: usize,
    ) -> BoxFuture<'static, Result<Vec<RefusedListed>, InboxError>> {
        self.look_aside(move |connection| refused::list(connection, &which, after, most))
    }

    fn refused_request(&self, number: i64) -> BoxFuture<'static, Result<Option<RefusedRequest>, InboxError>> {
        let found = self.look_aside(move |connection| refused::request(connection, number));
        let sealing = self.sealing().clone();
        Box::pin(async move { Ok(found.await?.map(|request| sealing.open_refused(request))) })
    }

    fn readmit(
        &self,
        number: i64,
        records: Vec<EventRecord>,
    ) -> BoxFuture<'static, Result<Option<Vec<Accepted>>, InboxError>> {
        let records = match self.sealing().seal(records) {
            Ok(records) => records,
            Err(fault) => return Box::pin(std::future::ready(Err(InboxError::new(fault)))),
        };
        let (job, answer) = readmit::job(number, records, self.room().clone());
        let readmitted = self.send(job, answer);
        Box::pin(async move { readmitted.await?.into_answer() })
    }

    fn refused_again(
        &self,
        number: i64,
        rejection: Rejection,
        now: UnixTime,
    ) -> BoxFuture<'static, Result<bool, InboxError>> {
        self.ask(move |connection| Ok((refused::again(connection, number, &rejection, now)?, false)))
    }

    fn forget(&self, which: RefusedSelection) -> BoxFuture<'static, Result<usize, InboxError>> {
        let inbox = self.clone();
        Box::pin(async move {
            let mut forgetting = refused::Forgetting::new(which);
            while !forgetting.is_over {
                let (so_far, queue) = (forgetting, inbox.queue().clone());
                let step = move |connection: &_| {
                    // What is forgotten is to go from the log, too.
                    queue.flush_soon();
                    Ok((so_far.step(connection)?, false))
                };
                forgetting = inbox.ask(step).await?;
            }
            Ok(forgetting.done)
        })
    }
}

impl Inbox {
    /// Looks at something by a connection beside the writer's: no sender waits while bodies are read.
    fn look_aside<T: Send + 'static>(
        &self,
        function: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, InboxError>> {
        if self.queue().is_closed() {
            return Box::pin(std::future::ready(Err(InboxError::closed())));
        }
        Box::pin(self.readers().clone().look(function))
    }

    /// The quarantine, for an endpoint.
    pub(crate) fn as_quarantine(&self) -> Arc<dyn QuarantineSide> {
        Arc::new(self.clone())
    }
}

impl Readmitted {
    pub(super) fn into_answer(self) -> Result<Option<Vec<Accepted>>, InboxError> {
        match self {
            Self::Done(accepted) => Ok(Some(accepted)),
            Self::Gone => Ok(None),
            Self::Full => Err(InboxError::new("the inbox is full")),
            Self::Sealed => Err(InboxError::new("the request is encrypted, and its events would not be")),
        }
    }
}
