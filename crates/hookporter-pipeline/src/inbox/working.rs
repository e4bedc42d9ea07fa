//! The working side of a store.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use hookporter_core::UnixTime;

use crate::handoff::{BoxError, BoxFuture};
use crate::inbox::{Lease, LeaseId, Settled};

/// What a worker asks for.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "what a claim is, read by stores")]
pub struct Claim {
    /// The present moment.
    pub now: UnixTime,
    /// How long the leases are good for unless they are renewed.
    pub lease: Duration,
    /// At most so many events.
    pub most: usize,
    /// An event with so many attempts behind it is a dead letter, not claimed again.
    pub attempts: u32,
}

/// What a worker gets.
#[derive(Debug, Clone, Default)]
#[expect(clippy::exhaustive_structs, reason = "what a claim gives, made by stores")]
pub struct Claimed {
    /// Events that are due, the longest due first.
    pub leases: Vec<Lease>,
    /// When the next event will be due of which this claim gave nothing, as far as is known now.
    pub next_due: Option<UnixTime>,
    /// Events that this claim made dead letters: their last attempt never ended.
    pub dead: Vec<Lease>,
}

/// What is to become of an event whose attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a store handles each or does not compile")]
pub enum Next {
    /// It is due again at this moment.
    Due(UnixTime),
    /// It is due again at this moment, in its place in its lane, and the attempt does not count: nobody here can work it.
    Held(UnixTime),
    /// It is a dead letter.
    Dead,
    /// It is parked: kept, and not due until somebody releases it. Its attempts count from the beginning then.
    Parked,
}

/// A failed attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what a failure is, read by stores")]
pub struct Failure {
    /// When it failed.
    pub now: UnixTime,
    /// Why: of bounded length, control characters escaped.
    pub error: String,
    /// What is to become of the event.
    pub next: Next,
}

/// Lends events to workers.
///
/// Every method that settles a lease compares its epoch and says [`Settled::Fenced`] if it is not the event's latest. No
/// method has a default body: each is part of the promise that no event is lost and none is worked by two at once for
/// longer than a lease.
pub trait WorkingSide: Send + Sync + 'static {
    /// Lends events that are due: those that wait, and those whose lease has run out. Writes each attempt down, durably,
    /// before it gives the lease, so that an event which kills its process ends as a dead letter.
    ///
    /// # Errors
    /// [`InboxError`] if the store fails; nothing is lent then.
    fn claim(&self, claim: Claim) -> BoxFuture<'static, Result<Claimed, InboxError>>;

    /// Makes a lease good until `until`.
    ///
    /// # Errors
    /// [`InboxError`] if the store fails.
    fn renew(&self, id: LeaseId, until: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>>;

    /// The event is worked.
    ///
    /// # Errors
    /// [`InboxError`] if the store fails; the event will be worked again.
    fn complete(&self, id: LeaseId, now: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>>;

    /// The attempt failed.
    ///
    /// # Errors
    /// [`InboxError`] if the store fails; the event comes back when the lease runs out.
    fn fail(&self, id: LeaseId, failure: Failure) -> BoxFuture<'static, Result<Settled, InboxError>>;

    /// Gives an event back that was not worked: it is due at once, and the attempt does not count.
    ///
    /// # Errors
    /// [`InboxError`] if the store fails; the event comes back when the lease runs out.
    fn release(&self, id: LeaseId, now: UnixTime) -> BoxFuture<'static, Result<Settled, InboxError>>;

    /// Ends when events may have become due since the last call: a hint, so that nobody polls. It may end for nothing.
    fn changed(&self) -> BoxFuture<'static, ()>;
}

/// Why a store did not do what a worker asked. For the operator.
#[derive(Debug)]
pub struct InboxError {
    /// `None`: it is closed.
    source: Option<BoxError>,
}

impl InboxError {
    /// It failed, and may do it the next time.
    pub fn new(source: impl Into<BoxError>) -> Self {
        Self { source: Some(source.into()) }
    }

    /// It is closed in this process, for good: a worker that hears it ends, and asks for nothing more.
    #[must_use]
    pub const fn closed() -> Self {
        Self { source: None }
    }

    /// Whether it is closed in this process, so that asking again is of no use.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.source.is_none()
    }
}

impl fmt::Display for InboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_closed() { "the inbox is closed" } else { "the inbox failed" })
    }
}

impl Error for InboxError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
