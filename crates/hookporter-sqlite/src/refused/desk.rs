//! The quarantine at a desk: in the server, or in a process beside it.

use hookporter_core::{Rejection, UnixTime};
use hookporter_pipeline::BoxFuture;
use hookporter_pipeline::inbox::{Accepted, EventRecord, InboxError};
use hookporter_pipeline::operating::{QuarantineSide, RefusedCount, RefusedListed, RefusedRequest, RefusedSelection};

use super::{again, by_reason, list, readmit, request};
use crate::Desk;
use crate::hand::Hand;

/// A desk keeps what it is given only in the server's process, where requests come in.
impl QuarantineSide for Desk {
    fn has_room(&self, body_bytes: usize) -> bool {
        matches!(self.hand(), Hand::Server(inbox) if inbox.has_room(body_bytes))
    }

    fn keep(&self, request: RefusedRequest) {
        if let Hand::Server(inbox) = self.hand() {
            inbox.keep(request);
        }
    }

    fn refused_by_reason(&self, which: RefusedSelection) -> BoxFuture<'static, Result<Vec<RefusedCount>, InboxError>> {
        self.look(move |connection| by_reason(connection, &which))
    }

    fn select_refused(
        &self,
        which: RefusedSelection,
        after: i64,
        most: usize,
    ) -> BoxFuture<'static, Result<Vec<RefusedListed>, InboxError>> {
        self.look(move |connection| list(connection, &which, after, most))
    }

    fn refused_request(&self, number: i64) -> BoxFuture<'static, Result<Option<RefusedRequest>, InboxError>> {
        let sealing = self.sealing.clone();
        self.look(move |connection| Ok(request(connection, number)?.map(|request| sealing.open_refused(request))))
    }

    fn readmit(
        &self,
        number: i64,
        records: Vec<EventRecord>,
    ) -> BoxFuture<'static, Result<Option<Vec<Accepted>>, InboxError>> {
        if let Hand::Server(inbox) = self.hand() {
            return inbox.readmit(number, records);
        }
        let records = match self.sealing.seal(records) {
            Ok(records) => records,
            Err(fault) => return Box::pin(std::future::ready(Err(InboxError::new(fault)))),
        };
        let readmitted = self.change(move |connection| Ok((readmit::alone(connection, number, &records)?, true)));
        Box::pin(async move { readmitted.await?.into_answer() })
    }

    fn refused_again(
        &self,
        number: i64,
        rejection: Rejection,
        now: UnixTime,
    ) -> BoxFuture<'static, Result<bool, InboxError>> {
        self.change(move |connection| Ok((again(connection, number, &rejection, now)?, false)))
    }

    fn forget(&self, which: RefusedSelection) -> BoxFuture<'static, Result<usize, InboxError>> {
        match self.hand() {
            Hand::Server(inbox) => inbox.forget(which),
            Hand::Tool(tool) => tool.mend(move |mender| mender.forget_refused(&which)),
        }
    }
}
