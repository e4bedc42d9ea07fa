//! The adapter as users mount it: in process, and over real sockets.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "tests: what cannot be, or overflows, fails them"
)]

mod background;
mod extractors;
mod inline;
mod kit;
mod report_only;
mod resource;
#[cfg(feature = "serve")]
mod serve;
mod wire;
