//! The accepting side of a store.

use std::sync::Arc;

use crate::handoff::{BoxFuture, HandoffError};
use crate::inbox::{Durability, EndpointNames, EventRecord, InboxDepth};
use crate::nodes::SharedSide;
use crate::operating::QuarantineSide;
use crate::outcome::Observer;

/// What became of a record that a store took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accepted {
    /// It is kept.
    New,
    /// The store had it already.
    Duplicate,
    /// The store had it as a dead letter, which waits to be worked again: whoever presses "redeliver" wants that.
    Requeued,
}

/// Takes records over, durably.
///
/// A success is a promise: the sender is told 2xx for it and does not come again. What can undo it, such as a loss of power, is
/// what the store [declares](AcceptingSide::durability). There is no default body for such a promise.
pub trait AcceptingSide: Send + Sync + 'static {
    /// Takes the records of one request, all of them or none, and ends when they are durable.
    ///
    /// One answer for each record, in their order. Records with the same endpoint, tenant and identity are one event,
    /// however many come at the same moment; one without identity is always new. The future owns what it needs, and the
    /// store goes on when it is dropped: a record whose commit lands late makes the sender's next try a duplicate.
    ///
    /// # Errors
    /// [`HandoffError::full`] when the queue in front of the store is full, else [`HandoffError::failed`]. Nothing was
    /// acknowledged then; whether it is kept is open, and the next try says so.
    fn accept(&self, records: Vec<EventRecord>) -> BoxFuture<'static, Result<Vec<Accepted>, HandoffError>>;

    /// What the records survive that this store takes now. Where it depends on a server's settings the store has asked for
    /// them on the connection that it uses, and takes nothing when it cannot know. An endpoint asks for every event: it must
    /// not block.
    fn durability(&self) -> Durability;

    /// Whether the events of one lane are worked one after the other, on all nodes together: what
    /// [`Endpoint::in_order_by`](crate::Endpoint::in_order_by) needs. An endpoint with lanes does without a store that works them in
    /// no order. An endpoint asks for every event: it must not block.
    fn keeps_order(&self) -> bool;

    /// Which endpoint has which name in this store: one [`EndpointNames`] for all handles on it, made together with the store.
    fn endpoint_names(&self) -> &EndpointNames;

    /// Where the requests of an endpoint are written down that has this store, accepted or not. Default: nowhere.
    fn journal(&self) -> Option<Arc<dyn Observer>> {
        None
    }

    /// Where an endpoint that has this store keeps refused requests, where it is asked to. Default: nowhere.
    fn quarantine(&self) -> Option<Arc<dyn QuarantineSide>> {
        None
    }

    /// Where several nodes that have this store agree on what must hold for all of them. Default: it is no store for several.
    fn shared_side(&self) -> Option<Arc<dyn SharedSide>> {
        None
    }

    /// How much waits to be worked, from a few seconds ago: it must not block. Default: not known.
    fn depth(&self) -> Option<InboxDepth> {
        None
    }
}
