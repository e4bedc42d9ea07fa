//! Every page, also with what nobody would send but an attacker.
#![expect(clippy::arithmetic_side_effects, reason = "tests: an overflow fails them")]

mod hostile;
mod nodes;
mod preview;
mod sample;
mod shown;
