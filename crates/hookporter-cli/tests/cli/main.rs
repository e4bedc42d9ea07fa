//! The program as people run it: verdicts on the published vectors, round trips over both adapters, wrong use.

#![cfg(test)]
#![expect(clippy::arithmetic_side_effects, reason = "tests: an overflow fails them")]

mod demo;
mod inbox;
mod program;
mod receive;
mod round_trip;
mod secrets;
mod send;
mod usage;
mod verify;
