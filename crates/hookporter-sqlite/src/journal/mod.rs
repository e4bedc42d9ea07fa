//! The journal in the inbox's file: what came in, accepted or not.
//!
//! Requests leave a note in memory once they are answered, which costs them no look at the file. The writer writes the notes
//! down when nobody waits for it, many at a time and without a sync: the next acknowledgement's sync makes them durable, too. So
//! a process that is killed loses what it noted within the last half second, and a loss of power what came since the last sync.
//! Whatever goes wrong with a note costs a note, never an acknowledgement.

mod bound;
mod erasing;
mod found;
mod insert;
mod notes;
mod numbers;
mod problem;
mod read;
mod row;
mod scribe;
mod side;

pub(crate) use erasing::Erasing;
pub(crate) use notes::{Keeping, Notes};
pub(crate) use numbers::Brought;
pub(crate) use read::{entries, entry, lost, reasons};
pub(crate) use scribe::{Scribe, Wrote};

#[cfg(test)]
mod tests;
