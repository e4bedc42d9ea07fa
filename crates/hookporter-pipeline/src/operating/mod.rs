//! The operating side of a store: what people see of it and mend in it.
//!
//! The console and the command line know a store by three traits: [`OperatingSide`] for its events, [`JournalSide`] for the
//! requests that came, and [`QuarantineSide`] for the refused ones that are kept whole. A store that keeps events durably has all
//! three, and hands them out as an [`Operated`]; a [`Journal`](crate::journal::Journal) in memory has the second.
//!
//! [`MovingSide`] is how events come from one store into another.
//!
//! Nothing here guards anything: whoever can call these can read events and have them worked again. Who may is up to the program
//! around them.

mod edited;
mod events;
mod journal_side;
mod listed;
mod moving;
mod operated;
mod quarantine_side;
mod refused;
mod replay;
mod selection;
mod state;

pub use edited::{Edited, Original};
pub use events::{OperatingSide, Page};
pub use journal_side::{JournalSide, ReasonCount};
pub use listed::{Attempted, Listed, Stats};
pub use moving::{Moved, MovingSide, TakenOver};
pub use operated::Operated;
pub use quarantine_side::{QuarantineSide, RefusedSelection};
pub use refused::{RefusedCount, RefusedListed, RefusedRequest};
pub use replay::{Replay, Replayed, Verdict};
pub use selection::Selection;
pub use state::State;
