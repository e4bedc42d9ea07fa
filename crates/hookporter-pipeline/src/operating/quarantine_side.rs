//! Where refused requests are kept whole, and how they come out of it.

use hookporter_core::{Reason, Rejection, UnixTime};

use crate::handoff::BoxFuture;
use crate::inbox::{Accepted, EventRecord, InboxError};
use crate::operating::{RefusedCount, RefusedListed, RefusedRequest};

/// Chooses refused requests; every part that is set must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct RefusedSelection {
    /// Their numbers.
    pub numbers: Option<Vec<i64>>,
    /// Their endpoint's name.
    pub endpoint: Option<String>,
    /// Why they were refused.
    pub reason: Option<Reason>,
}

impl RefusedSelection {
    /// Every refused request, until a part is set.
    pub fn all() -> Self {
        Self::default()
    }

    /// Only those of these numbers.
    pub fn numbers(self, numbers: impl IntoIterator<Item = i64>) -> Self {
        Self { numbers: Some(numbers.into_iter().collect()), ..self }
    }

    /// Only those of the endpoint of this name.
    pub fn endpoint(self, name: &str) -> Self {
        Self { endpoint: Some(name.to_owned()), ..self }
    }

    /// Only those that were refused for this reason.
    pub fn reason(self, reason: Reason) -> Self {
        Self { reason: Some(reason), ..self }
    }
}

/// Keeps refused requests whole, bounded in number and bytes, until they are judged again.
///
/// No method has a default body: that none is handed off twice, and that strangers cannot fill the store, rests on them.
pub trait QuarantineSide: Send + Sync + 'static {
    /// Whether a request with so many bytes of body would be kept now: asked before one is copied, since strangers can send many.
    /// It never blocks.
    fn has_room(&self, body_bytes: usize) -> bool;

    /// Keeps a request, as far as there is room: it never blocks, and nothing waits for it. What is kept is bounded, and the
    /// oldest go first; those that [reached the proof](RefusedRequest::reached_proof) and those that did not have bounds of their
    /// own.
    fn keep(&self, request: RefusedRequest);

    /// Why the requests that are chosen were refused, the most frequent reason first.
    fn refused_by_reason(&self, which: RefusedSelection) -> BoxFuture<'static, Result<Vec<RefusedCount>, InboxError>>;

    /// The refused requests that are chosen, by number, at most `most` of those behind the number `after`; begin with 0.
    fn select_refused(
        &self,
        which: RefusedSelection,
        after: i64,
        most: usize,
    ) -> BoxFuture<'static, Result<Vec<RefusedListed>, InboxError>>;

    /// A refused request with all that is kept of it; what is encrypted is opened where its key is here.
    fn refused_request(&self, number: i64) -> BoxFuture<'static, Result<Option<RefusedRequest>, InboxError>>;

    /// Takes over what a refused request tells of, now that its proof holds, and forgets the request: both or neither, durably,
    /// so that it is handed off once however often somebody asks. `None` if it is not there any more.
    fn readmit(
        &self,
        number: i64,
        records: Vec<EventRecord>,
    ) -> BoxFuture<'static, Result<Option<Vec<Accepted>>, InboxError>>;

    /// Notes that a request was judged again and is still refused. Whether it was there.
    fn refused_again(
        &self,
        number: i64,
        rejection: Rejection,
        now: UnixTime,
    ) -> BoxFuture<'static, Result<bool, InboxError>>;

    /// Forgets refused requests. How many.
    fn forget(&self, which: RefusedSelection) -> BoxFuture<'static, Result<usize, InboxError>>;
}
