//! What people see of the requests that came.

use std::sync::Arc;

use hookporter_core::{Reason, UnixTime};
use serde::Serialize;

use crate::handoff::BoxFuture;
use crate::inbox::InboxError;
use crate::journal::{Entry, Query};
use crate::shown::shown;

/// How often requests of an endpoint were turned away for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct ReasonCount {
    /// The endpoint's name.
    pub endpoint: String,
    /// The reason.
    #[serde(serialize_with = "shown")]
    pub reason: Reason,
    /// How many.
    pub count: u64,
    /// When the first of them came.
    #[serde(serialize_with = "shown")]
    pub first: UnixTime,
    /// When the last of them came.
    #[serde(serialize_with = "shown")]
    pub last: UnixTime,
    /// The number of the last one's entry.
    pub last_entry: u64,
}

/// What people see of the requests that came, accepted or not.
pub trait JournalSide: Send + Sync + 'static {
    /// The entries that a query asks for, the newest first, at most `most` of those before the number `before`; begin with
    /// `u64::MAX`.
    fn entries(
        &self,
        query: Query,
        before: u64,
        most: usize,
    ) -> BoxFuture<'static, Result<Vec<Arc<Entry>>, InboxError>>;

    /// The entry of this number, while it is there.
    fn entry(&self, number: u64) -> BoxFuture<'static, Result<Option<Arc<Entry>>, InboxError>>;

    /// Why the requests that a query asks for were turned away or not taken, the most frequent reason first.
    fn reasons(&self, query: Query) -> BoxFuture<'static, Result<Vec<ReasonCount>, InboxError>>;

    /// How many entries were lost, since more came than could be written down.
    fn lost(&self) -> u64;
}
