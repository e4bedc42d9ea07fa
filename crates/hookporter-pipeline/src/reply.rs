//! What the sender is told: a status, seldom a body, never a reason.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use bytes::Bytes;
use hookporter_core::provider::{AnswerBody, AnswerHeaders, Handshake};
use hookporter_core::{Provider, Reason, Rejection};

use crate::Endpoint;
use crate::outcome::{Outcome, Refusal};

/// An answer that the pipeline decided on; an adapter turns it into its framework's response and adds nothing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Seconds for `Retry-After`.
    pub retry_after: Option<u32>,
    /// What it says beside that, which few answers do. Behind a pointer, since every reply is moved about.
    pub content: Option<Box<Content>>,
    /// Why not, for the response extensions.
    pub refusal: Option<Refusal>,
}

/// What an answer says beside its status.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Content {
    /// The content type, where there is a body.
    pub content_type: Option<&'static str>,
    /// Other headers: a handshake's, what the sender demands of an acknowledgement, the methods that are allowed.
    pub headers: AnswerHeaders,
    /// The body: empty but for handshakes, and for senders that demand one.
    pub body: Bytes,
}

impl Content {
    fn of_headers(headers: impl Into<AnswerHeaders>) -> Option<Box<Self>> {
        let headers = headers.into();
        (!headers.is_empty()).then(|| Box::new(Self { headers, ..Self::default() }))
    }
}

impl Reply {
    pub(crate) const fn status(status: u16) -> Self {
        Self { status, retry_after: None, content: None, refusal: None }
    }

    pub(crate) fn handshake(handshake: Handshake) -> Self {
        let Handshake { status, content_type, headers, body, .. } = handshake;
        Self { content: Some(Box::new(Content { content_type, headers, body })), ..Self::status(status) }
    }

    /// The answer to a delivery that is taken, with what its sender demands of it.
    pub(crate) fn acknowledgement(status: u16, provider: Option<&Provider>) -> Self {
        let Some(demanded) = provider.map(Provider::acknowledgement) else { return Self::status(status) };
        let content = match demanded.body {
            // No 204 has a body.
            AnswerBody::Text { content_type, text } if status != 204 => Some(Box::new(Content {
                content_type: Some(content_type),
                headers: demanded.headers.into(),
                body: Bytes::from_static(text.as_bytes()),
            })),
            _ => Content::of_headers(demanded.headers),
        };
        Self { content, ..Self::status(status) }
    }

    /// The answer to a request that an endpoint does not take.
    pub(crate) fn refusal(rejection: Rejection, endpoint: &Endpoint) -> Self {
        let reason = rejection.kind();
        let status = if reason.is_refusal() { endpoint.refusal_status } else { reason.status() };
        let outcome = if reason.is_unavailable() { Outcome::Unavailable } else { Outcome::Rejected };
        let content = match (reason, endpoint.provider) {
            (Reason::MethodNotAllowed, _) => Content::of_headers(("allow", endpoint.methods().join(", "))),
            (_, Some(provider)) if reason.is_final() => Content::of_headers(provider.acknowledgement().no_retry),
            _ => None,
        };
        Self {
            retry_after: reason.is_unavailable().then(retry_after),
            content,
            refusal: Some(Refusal::new(outcome, rejection)),
            ..Self::status(status)
        }
    }
}

impl Reply {
    /// The answer to a refused request that is to come again, since the fault is ours and is being mended. That takes minutes,
    /// so a sender that heeds it does not come every few seconds.
    pub(crate) fn hold(rejection: Rejection) -> Self {
        Self {
            retry_after: Some(retry_after().saturating_mul(12).saturating_add(48)),
            refusal: Some(Refusal::new(Outcome::Unavailable, rejection)),
            ..Self::status(503)
        }
    }
}

/// One to five seconds, at random: senders that retry only twice within a minute still find us, and not all at once. No
/// sender's schedule asks for more: those that heed it (Telegram, Zendesk below a minute) try again as soon as it says.
fn retry_after() -> u32 {
    let random = RandomState::new().hash_one(0_u8) % 5;
    u32::try_from(random).unwrap_or(0).saturating_add(1)
}
