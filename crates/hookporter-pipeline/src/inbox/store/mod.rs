//! For authors of stores: what stores have in common.
//!
//! [`Queue`] is what stands in front of the one task that writes: bounded in number and bytes, and refusing at once while the
//! server is away. [`Fault`] is why something was not done, for senders and for workers. [`Times`] says by whose clock events
//! are due. [`Sealing`] encrypts contents on their way in. [`DepthSeen`] is how much waits, [`changed`] wakes workers,
//! [`Telling`] says when other nodes are told, and [`until_closed`] ends a task with its inbox.
//!
//! [`Bulk`] is a change to many events in bounded steps, [`Backlog`] what waits in memory, bounded in the same two ways, and
//! [`columns`] is for stores that keep records as rows. [`NowAndThen`] keeps the log short.

mod backlog;
mod bulk;
mod closing;
pub mod columns;
mod depth;
mod fault;
mod queue;
mod said;
mod sealing;
mod telling;
mod times;
mod waking;

pub use backlog::Backlog;
pub use bulk::{Bulk, Doing};
pub use closing::until_closed;
pub use depth::DepthSeen;
pub use fault::Fault;
pub use queue::{Ending, Job, Queue, Taken};
pub use said::NowAndThen;
pub use sealing::Sealing;
pub use telling::Telling;
pub use times::{Moment, Times};
pub use waking::changed;
