//! What the sender is told: a status, seldom a body, never a reason.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use bytes::Bytes;
use hookporter_core::provider::Handshake;
use hookporter_core::{Reason, Rejection};

use crate::outcome::{Outcome, Refusal};

/// An answer that the pipeline decided on; an adapter turns it into its framework's response and adds nothing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Seconds for `Retry-After`.
    pub retry_after: Option<u32>,
    /// Methods for `Allow`.
    pub allow: Option<&'static str>,
    /// The content type, where there is a body.
    pub content_type: Option<&'static str>,
    /// The body: empty but for handshakes.
    pub body: Bytes,
    /// Why not, for the response extensions.
    pub refusal: Option<Refusal>,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self { status, retry_after: None, allow: None, content_type: None, body: Bytes::new(), refusal: None }
    }

    pub(crate) fn handshake(handshake: Handshake) -> Self {
        Self { content_type: handshake.content_type, body: handshake.body, ..Self::status(handshake.status) }
    }

    /// The answer to a request that is not taken. `refusal_status` is what the provider wants for a bad proof.
    pub(crate) fn refusal(rejection: Rejection, refusal_status: u16, allow: &'static [&'static str]) -> Self {
        let reason = rejection.kind();
        let status = if reason.is_refusal() { refusal_status } else { reason.status() };
        let outcome = if reason.is_unavailable() { Outcome::Unavailable } else { Outcome::Rejected };
        Self {
            retry_after: reason.is_unavailable().then(retry_after),
            // Every provider uses one method; a list of one needs no joining.
            allow: (reason == Reason::MethodNotAllowed).then(|| allow.first().copied().unwrap_or("POST")),
            refusal: Some(Refusal::new(outcome, rejection)),
            ..Self::status(status)
        }
    }
}

/// One to five seconds, at random: senders that retry only twice within a minute still find us, and not all at once.
fn retry_after() -> u32 {
    let random = RandomState::new().hash_one(0_u8) % 5;
    u32::try_from(random).unwrap_or(0).saturating_add(1)
}
