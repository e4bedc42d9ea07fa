//! The journal at the desk.

use std::sync::Arc;

use hookporter_pipeline::BoxFuture;
use hookporter_pipeline::inbox::InboxError;
use hookporter_pipeline::journal::{Entry, Query};
use hookporter_pipeline::operating::{JournalSide, ReasonCount};

use crate::Desk;

impl JournalSide for Desk {
    fn entries(
        &self,
        query: Query,
        before: u64,
        most: usize,
    ) -> BoxFuture<'static, Result<Vec<Arc<Entry>>, InboxError>> {
        self.look(move |connection| super::entries(connection, &query, before, most))
    }

    fn entry(&self, number: u64) -> BoxFuture<'static, Result<Option<Arc<Entry>>, InboxError>> {
        self.look(move |connection| super::entry(connection, number))
    }

    fn reasons(&self, query: Query) -> BoxFuture<'static, Result<Vec<ReasonCount>, InboxError>> {
        self.look(move |connection| super::reasons(connection, &query))
    }

    /// In a process beside the server this is what the server had written down when the desk was opened.
    fn lost(&self) -> u64 {
        self.lost_requests()
    }
}
