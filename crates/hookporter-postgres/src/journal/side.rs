//! The journal at the desk.

use std::sync::Arc;

use hookporter_pipeline::BoxFuture;
use hookporter_pipeline::inbox::InboxError;
use hookporter_pipeline::journal::{Entry, Query};
use hookporter_pipeline::operating::{JournalSide, ReasonCount};

use super::read;
use crate::Desk;
use crate::operated::{asked, patient};

impl JournalSide for Desk {
    fn entries(
        &self,
        query: Query,
        before: u64,
        most: usize,
    ) -> BoxFuture<'static, Result<Vec<Arc<Entry>>, InboxError>> {
        asked!(self.inbox, |connection, shared| async {
            let mut patient = patient(connection).await?;
            read::entries(&mut patient, shared.sql, &query, before, most).await
        })
    }

    fn entry(&self, number: u64) -> BoxFuture<'static, Result<Option<Arc<Entry>>, InboxError>> {
        asked!(self.inbox, |connection, shared| read::entry(connection, shared.sql, number))
    }

    fn reasons(&self, query: Query) -> BoxFuture<'static, Result<Vec<ReasonCount>, InboxError>> {
        asked!(self.inbox, |connection, shared| async {
            let mut patient = patient(connection).await?;
            read::reasons(&mut patient, shared.sql, &query).await
        })
    }

    /// What this process has lost, and what others had written down when this one last looked: as it opened the inbox, and
    /// whenever it lost some itself.
    fn lost(&self) -> u64 {
        self.inbox.lost_requests()
    }
}
