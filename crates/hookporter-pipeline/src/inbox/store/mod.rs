//! For authors of stores: what stores on a server have in common.
//!
//! [`Queue`] is what stands in front of the one task that writes: bounded in number and bytes, and refusing at once while the
//! server is away. [`Fault`] is why something was not done, for senders and for workers. [`Times`] says by whose clock events
//! are due. [`Sealing`] encrypts contents on their way in.

mod fault;
mod queue;
mod sealing;
mod times;

pub use fault::Fault;
pub use queue::{Ending, Job, Queue, Taken};
pub use sealing::Sealing;
pub use times::{Moment, Times};
