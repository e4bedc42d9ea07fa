//! For authors of stores: what stores have in common.
//!
//! [`Queue`] is what stands in front of the one task that writes: bounded in number and bytes, and refusing at once while the
//! server is away. [`Fault`] is why something was not done, for senders and for workers. [`Times`] says by whose clock events
//! are due. [`Sealing`] encrypts contents on their way in. [`DepthSeen`] is how much waits, [`changed`] wakes workers, and
//! [`until_closed`] ends a task with its inbox.
//!
//! [`Bulk`] is a change to many events in bounded steps, and [`columns`] is for stores that keep records as rows.

mod bulk;
mod closing;
pub mod columns;
mod depth;
mod fault;
mod queue;
mod sealing;
mod times;
mod waking;

pub use bulk::{Bulk, Doing};
pub use closing::until_closed;
pub use depth::DepthSeen;
pub use fault::Fault;
pub use queue::{Ending, Job, Queue, Taken};
pub use sealing::Sealing;
pub use times::{Moment, Times};
pub use waking::changed;
