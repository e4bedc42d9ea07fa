//! The console over HTTP, on both frameworks, on a real file.

#![cfg(test)]
#![expect(clippy::arithmetic_side_effects, reason = "tests: an overflow fails them")]

mod api;
mod changes;
mod directory;
mod guard;
mod journal;
mod kit;
mod large;
mod mount;
#[cfg(unix)]
mod postgres;
mod quarantine;
mod scene;
