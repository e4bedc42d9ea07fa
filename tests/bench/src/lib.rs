//! What the measurements share: requests as senders make them, the floor, and a harness that interleaves.
//!
//! A single figure in nanoseconds says more about the machine's other tenants than about the code. Everything here is
//! therefore a ratio: the floor and every candidate take turns in small batches within one run.

pub mod fleet;
pub mod harness;
pub mod inbox;
pub mod rate;
pub mod receiver;
pub mod sample;
pub mod server;

pub use harness::Group;
pub use receiver::{HttpHeaders, Receiver};
pub use sample::{Sample, Sender};
