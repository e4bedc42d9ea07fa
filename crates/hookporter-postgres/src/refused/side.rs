//! The quarantine at the desk, and for endpoints.

use hookporter_core::{Rejection, UnixTime};
use hookporter_pipeline::BoxFuture;
use hookporter_pipeline::inbox::{Accepted, EventRecord, InboxError};
use hookporter_pipeline::operating::{QuarantineSide, RefusedCount, RefusedListed, RefusedRequest, RefusedSelection};
use sqlx::Row;

use super::read;
use super::readmit::{Readmitted, readmit};
use crate::Desk;
use crate::inbox::in_time;
use crate::operated::asked;
use crate::text::kept;

/// How many are forgotten in one step.
const ROWS: i64 = 200;

/// Refused requests wait in a queue of their own, which a task beside the acceptances empties.
impl QuarantineSide for Desk {
    fn has_room(&self, body_bytes: usize) -> bool {
        self.inbox.shared().beside.refused.has_room(body_bytes)
    }

    fn keep(&self, request: RefusedRequest) {
        let shared = self.inbox.shared();
        if shared.beside.refused.push(request) {
            shared.beside.woken.notify_one();
        }
    }

    fn refused_by_reason(&self, which: RefusedSelection) -> BoxFuture<'static, Result<Vec<RefusedCount>, InboxError>> {
        asked!(self.inbox, |connection, shared| read::by_reason(connection, shared.sql, &which))
    }

    fn select_refused(
        &self,
        which: RefusedSelection,
        after: i64,
        most: usize,
    ) -> BoxFuture<'static, Result<Vec<RefusedListed>, InboxError>> {
        asked!(self.inbox, |connection, shared| read::list(connection, shared.sql, &which, after, most))
    }

    fn refused_request(&self, number: i64) -> BoxFuture<'static, Result<Option<RefusedRequest>, InboxError>> {
        asked!(self.inbox, |connection, shared| async {
            let found = read::request(connection, shared.sql, number).await?;
            Ok(found.map(|request| shared.sealing.open_refused(request)))
        })
    }

    fn readmit(
        &self,
        number: i64,
        records: Vec<EventRecord>,
    ) -> BoxFuture<'static, Result<Option<Vec<Accepted>>, InboxError>> {
        let records = match self.inbox.shared().sealing.seal(records) {
            Ok(records) => records,
            Err(error) => return Box::pin(std::future::ready(Err(InboxError::new(error)))),
        };
        let readmitted: BoxFuture<'static, Result<Readmitted, InboxError>> =
            asked!(self.inbox, |connection, shared| readmit(connection, shared.sql, &shared.times, number, &records));
        let inbox = self.inbox.clone();
        Box::pin(async move {
            match readmitted.await? {
                Readmitted::Done(accepted) => {
                    inbox.wake();
                    Ok(Some(accepted))
                }
                Readmitted::Gone => Ok(None),
                Readmitted::Sealed => Err(InboxError::new("the request is encrypted, and its events would not be")),
            }
        })
    }

    fn refused_again(
        &self,
        number: i64,
        rejection: Rejection,
        now: UnixTime,
    ) -> BoxFuture<'static, Result<bool, InboxError>> {
        asked!(self.inbox, |connection, shared| async {
            let query = sqlx::query(shared.sql.refused.again).bind(number).bind(rejection.kind().as_str());
            let query = query.bind(kept(&rejection.to_string()).into_owned()).bind(now.as_millis());
            Ok(query.execute(connection).await?.rows_affected() > 0)
        })
    }

    fn forget(&self, which: RefusedSelection) -> BoxFuture<'static, Result<usize, InboxError>> {
        let inbox = self.inbox.clone();
        Box::pin(async move {
            let shared = inbox.shared();
            // What comes in meanwhile is not chosen.
            let (mut newest, mut done) = (None, 0_usize);
            loop {
                let step = in_time(async {
                    let mut connection = shared.connection().await?;
                    let newest: i64 = match newest {
                        Some(newest) => newest,
                        None => sqlx::query(shared.sql.refused.newest).fetch_one(&mut *connection).await?.try_get(0)?,
                    };
                    let query = read::choose(shared.sql.refused.forget, &which).bind(newest).bind(ROWS);
                    Ok((newest, query.execute(&mut *connection).await?.rows_affected()))
                });
                let (upto, gone) = step.await?;
                newest = Some(upto);
                done = done.saturating_add(usize::try_from(gone).unwrap_or(usize::MAX));
                if i64::try_from(gone).unwrap_or(ROWS) < ROWS {
                    return Ok(done);
                }
            }
        })
    }
}
