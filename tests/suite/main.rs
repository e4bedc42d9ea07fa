//! Both adapters, over real sockets: what one accepts or refuses, the other does too, for the same reason.
#![expect(
    clippy::arithmetic_side_effects,
    unreachable_pub,
    reason = "tests: an overflow fails them, and nobody depends on their items"
)]

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod defects;
#[cfg(test)]
mod handoff;
#[cfg(test)]
mod sender;
#[cfg(test)]
mod server;
#[cfg(test)]
mod trace;
#[cfg(test)]
mod wire;
