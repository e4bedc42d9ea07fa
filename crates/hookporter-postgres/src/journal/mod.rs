//! The journal in the inbox's database: what came in, accepted or not, on whichever node.
//!
//! Requests leave a note in memory once they are answered. A task beside the acceptances writes the notes down, many at a time, on
//! a connection of its own and without a sync: the next acceptance's sync makes them durable, too. So a process that is killed
//! loses what it noted within the last half second, and a server that loses its power what came since the last sync. Whatever goes
//! wrong with a note costs a note, never an acknowledgement.

mod erasing;
mod read;
mod row;
mod scribe;
mod side;
mod sql;

pub(crate) use erasing::erase;
pub(crate) use scribe::{Scribe, lost};
pub(crate) use sql::Statements;
