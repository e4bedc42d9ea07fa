//! Both adapters, over real sockets: what one accepts or refuses, the other does too, for the same reason.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::string_slice,
    unreachable_pub,
    reason = "tests: an overflow or a bad slice fails them, some measure real time, and nobody depends on their items"
)]

#[cfg(test)]
mod answers;
#[cfg(test)]
mod attacks;
#[cfg(test)]
mod canary;
#[cfg(target_os = "linux")]
#[cfg(test)]
mod console;
// A PostgreSQL server of a test's own: the store's helper.
#[cfg(unix)]
#[cfg(test)]
#[expect(dead_code, reason = "the store's own tests need more of it")]
#[path = "../../crates/hookporter-postgres/tests/inbox/server.rs"]
mod database;
#[cfg(test)]
mod defects;
#[cfg(test)]
mod diagnosis;
#[cfg(unix)]
#[cfg(test)]
mod examples;
#[cfg(target_os = "linux")]
#[cfg(test)]
mod faults;
#[cfg(test)]
mod handoff;
#[cfg(test)]
mod handshakes;
#[cfg(test)]
mod health;
#[cfg(test)]
mod interop;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod recorder;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod sender;
#[cfg(test)]
mod server;
#[cfg(test)]
mod story;
#[cfg(test)]
mod timeouts;
#[cfg(test)]
mod trace;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod wire;
