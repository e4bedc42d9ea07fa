//! The program as people run it: verdicts on the published vectors, round trips over both adapters, wrong use.

#![cfg(test)]
#![expect(clippy::arithmetic_side_effects, reason = "tests: an overflow fails them")]

mod demo;
mod doctor;
#[cfg(all(unix, feature = "postgres"))]
mod everywhere;
mod export;
mod health;
mod hostile;
mod import;
#[cfg(all(unix, feature = "postgres"))]
mod import_killed;
mod inbox;
mod init;
mod kept;
mod mending;
#[cfg(all(unix, feature = "postgres"))]
mod postgres;
mod printed;
mod program;
mod receive;
mod rejected;
mod rejected_hostile;
mod replay;
mod round_trip;
mod secrets;
mod send;
mod servers;
mod simulate;
mod tail;
mod usage;
mod verify;
