//! The durable inbox: commit first, then acknowledge.
//!
//! A store has two sides. [`AcceptingSide`] takes records of proven deliveries over and says *new* or *duplicate* once they
//! are durable; [`WorkingSide`] lends them to workers. What they keep is an [`EventRecord`]: plain data. Only this crate
//! turns a record into an [`Event`](crate::Event), and nothing turns one into a `Delivery`: whoever can write to the store
//! can make events, so the store is inside your boundary of trust.
//!
//! A [`Worker`] gives each event to an async function, again and again until it succeeds or is a dead letter. An event is
//! worked *at least once*: a process that dies after the work and before its completion is written works it again.

mod accept;
mod attempt;
mod backoff;
mod by_type;
mod bytes;
mod change;
mod depth;
mod durability;
mod handoff;
mod identity;
mod kept;
mod lease;
mod names;
mod record;
mod run;
#[cfg(feature = "seal")]
mod seal;
mod settling;
mod split;
pub mod store;
mod work_error;
mod worker;
mod working;

pub use crate::replay::Attempt;
pub use accept::{Accepted, AcceptingSide};
pub use backoff::Backoff;
pub use by_type::ByType;
pub use change::{Change, ChangeKind};
pub use depth::InboxDepth;
pub use durability::Durability;
pub(crate) use handoff::{InboxHandoff, Keeping};
pub(crate) use kept::Kept;
pub use lease::{Lease, LeaseId, Settled};
pub use names::EndpointNames;
pub use record::{EventRecord, RecordLabel};
pub use run::WorkerEnd;
#[cfg(feature = "seal")]
pub use seal::{SealError, SealingKeys};
pub use split::{Part, Split};
pub use work_error::WorkError;
pub use worker::Worker;
pub use working::{Claim, Claimed, Failure, InboxError, Next, WorkingSide};
