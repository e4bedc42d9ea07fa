//! Handshakes: challenges by which a sender finds out whether you own the URL.
//!
//! A preset states them as data: how one is told from an event, whether its proof must hold, which texts may stand in
//! it, and what answers it. A challenge that is answered without a proof comes from anybody, so it must be good for
//! nothing else: its text is bounded in length and alphabet, what could be a signed message of the sender's is refused,
//! and a text that the key would sign as a challenge is never taken for a delivery.

mod answer;
mod challenge;
mod guard;
pub(crate) mod known;
mod rule;
mod source;
#[cfg(test)]
mod tests;
mod words;

use bytes::Bytes;

pub(crate) use answer::{Answer, ECHO, Piece};
pub use challenge::Challenge;
pub(crate) use guard::{Alphabet, Guard};
pub(crate) use rule::{HandshakeRule, ProofDemand, When};
pub(crate) use source::Source;

use super::AnswerHeaders;

/// The answer to a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Handshake {
    /// The status.
    pub status: u16,
    /// The content type, where there is a body.
    pub content_type: Option<&'static str>,
    /// Other headers.
    pub headers: AnswerHeaders,
    /// The body.
    pub body: Bytes,
}
